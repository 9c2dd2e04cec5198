// model_thread_bench [SESSIONS [SECONDS]]: what the thread that owns the model pays for scrapes,
// and for all sessions ending at once. Prints Markdown.
//
// Measures only that thread's processor time, so other users of the processors do not matter. The
// thread waits for nobody, because it shares no lock with those that scrape.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <future>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "agent/metrics/exposition.h"
#include "agent/model/model.h"
#include "tests/support/records.h"

namespace pppol2tp::bench {
namespace {

using test::kSecond;

constexpr std::uint32_t kSessionsPerTunnel = 10'000;
constexpr std::uint64_t kRetention = 900 * kSecond;
constexpr std::uint64_t kReportInterval = 10 * kSecond;

std::uint64_t clock_ns(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * kSecond + static_cast<std::uint64_t>(now.tv_nsec);
}

// Processor time of `work` on this thread.
template <typename Work>
std::uint64_t cost_ns(Work&& work) {
  const std::uint64_t before = clock_ns(CLOCK_THREAD_CPUTIME_ID);
  work();
  return clock_ns(CLOCK_THREAD_CPUTIME_ID) - before;
}

class NoSink final : public metrics::Sink {
 public:
  bool write(std::span<char>) override { return true; }
  bool flush() override { return true; }
};

// The model and the sessions that report to it.
class Host {
 public:
  explicit Host(std::uint32_t sessions) : model_({2 * std::size_t{sessions}, kRetention}) {
    sessions_.reserve(sessions);
    for (std::uint32_t i = 0; i < sessions; ++i) {
      auto& session =
          sessions_.emplace_back(1 + i / kSessionsPerTunnel, 1 + i % kSessionsPerTunnel, i);
      model_.apply(session.opened());
      model_.apply(session.phase(ring::Phase::running));
    }
  }

  void report(std::size_t number) {
    auto& session = sessions_[number % sessions_.size()];
    model_.apply(session.counters(number * 100, number * 10));
  }
  void end_all() {
    for (auto& session : sessions_) model_.apply(session.ended(ring::Cause::peer_request));
  }
  model::Model& model() { return model_; }
  std::size_t size() const { return sessions_.size(); }

 private:
  model::Model model_;
  std::vector<test::SessionScript> sessions_;
};

// Scrapes what the model's thread provides, again and again, on a thread of its own.
class Scraper {
 public:
  Scraper(metrics::Exposition& exposition, bool is_gzip)
      : thread_([this, &exposition, is_gzip] { run(exposition, is_gzip); }) {}
  ~Scraper() {
    is_over_ = true;
    thread_.join();
  }

  bool wants_snapshot() const { return wants_snapshot_; }
  void give(model::Snapshot snapshot) {
    const std::lock_guard lock(mutex_);
    snapshot_ = std::move(snapshot);
    wants_snapshot_ = false;
  }
  int scrapes() const { return scrapes_; }

 private:
  void run(metrics::Exposition& exposition, bool is_gzip) {
    while (!is_over_) {
      wants_snapshot_ = true;
      while (wants_snapshot_ && !is_over_) std::this_thread::yield();
      model::Snapshot snapshot;
      {
        const std::lock_guard lock(mutex_);
        snapshot = std::move(snapshot_);
      }
      NoSink sink;
      exposition.write(std::move(snapshot), metrics::AgentFacts(), {.is_gzip = is_gzip}, sink);
      ++scrapes_;
    }
  }

  std::atomic<bool> is_over_ = false;
  std::atomic<bool> wants_snapshot_ = false;
  std::atomic<int> scrapes_ = 0;
  std::mutex mutex_;
  model::Snapshot snapshot_;
  std::thread thread_;
};

struct Longest {
  std::uint64_t report_ns = 0;
  std::uint64_t snapshot_ns = 0;
};

// Every session reports once in ten seconds, as in real use, for `seconds`.
Longest serve(Host& host, std::span<Scraper* const> scrapers, int seconds) {
  Longest longest;
  const std::uint64_t begin = clock_ns(CLOCK_MONOTONIC);
  const std::uint64_t end = begin + static_cast<std::uint64_t>(seconds) * kSecond;
  std::size_t reports = 0;
  for (std::uint64_t now = begin; now < end; now = clock_ns(CLOCK_MONOTONIC)) {
    const std::size_t due = (now - begin) * host.size() / kReportInterval;
    for (; reports < due; ++reports) {
      longest.report_ns = std::max(longest.report_ns, cost_ns([&] { host.report(reports); }));
    }
    for (Scraper* const scraper : scrapers) {
      if (!scraper->wants_snapshot()) continue;
      model::Snapshot snapshot;
      longest.snapshot_ns =
          std::max(longest.snapshot_ns, cost_ns([&] { snapshot = host.model().snapshot(now, 0); }));
      scraper->give(std::move(snapshot));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return longest;
}

void print_row(const char* what, std::uint64_t ns, const char* promised) {
  std::printf("| %s | %.3f ms | %s |\n", what, static_cast<double>(ns) / 1e6, promised);
}

void run(std::uint32_t sessions, int seconds) {
  Host host(sessions);
  std::printf("%u sessions\n\n| | | promised |\n|---|---|---|\n", sessions);
  const Longest alone = serve(host, {}, seconds);
  print_row("longest report, nobody scrapes", alone.report_ns, "");
  metrics::Exposition exposition;
  {
    Scraper plain(exposition, false);
    Scraper gzip(exposition, true);
    Scraper* const both[] = {&plain, &gzip};
    const Longest longest = serve(host, both, seconds);
    print_row("longest report, two scrape without rest", longest.report_ns, "1 ms");
    print_row("longest snapshot", longest.snapshot_ns, "1 ms");
    std::printf("| scrapes meanwhile | %d | |\n", plain.scrapes() + gzip.scrapes());
  }
  const std::uint64_t ends_ns = cost_ns([&] { host.end_all(); });
  print_row("all sessions end", ends_ns, "");
  const std::uint64_t goes_ns = cost_ns([&] { host.model().expire(2 * kRetention); });
  print_row("all of them leave, when the retention time is over", goes_ns, "");
  print_row("both", ends_ns + goes_ns, "100 ms");
}

}  // namespace
}  // namespace pppol2tp::bench

int main(int argc, char** argv) {
  const int sessions = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const int seconds = argc > 2 ? std::atoi(argv[2]) : 10;
  pppol2tp::bench::run(static_cast<std::uint32_t>(sessions), seconds);
  return 0;
}
