// The real use: a thousand processes that sleep, publish once a second, and sleep again. Nothing of
// theirs is in a cache when they wake. So the cost is the number of cache lines, page table entries
// and page faults that a publish needs.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/ring/measure.h"
#include "tests/bench/ring/scratch.h"
#include "tests/bench/ring/sections.h"
#include "tests/bench/ring/transport.h"

namespace pppol2tp::bench {
namespace {

constexpr std::size_t kProcesses = 1'000;
constexpr std::size_t kTimes = 6;  // that each process uses each transport, in turns
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr timespec kPollPause{0, 5'000'000};     // the agent's
constexpr timespec kStartPause{0, 300'000'000};  // shorter ones would keep the processors busy

// On cache lines of its own, so in a page that its process has written to at the first use.
struct alignas(128) Use {
  std::uint64_t cost_ns[kTimes];
  std::uint64_t first_ns;
  std::uint64_t page_table_kb;
  std::uint64_t faults;
};

// All are used by every process, and each by a part of them in each second.
std::vector<Peer> transports_of_sleepers() {
  return {ours(), private_copy(), datagram(), whole_session()};
}
constexpr std::size_t kTransports = 4;

struct Board {
  std::atomic<std::uint32_t> ready;
  std::atomic<std::uint32_t> stop;
  std::atomic<std::uint64_t> start_ns;  // 0: not yet
  Use uses[kTransports][kProcesses];
};

using Transports = std::vector<std::unique_ptr<Transport>>;

std::uint64_t faults_so_far() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_minflt + usage.ru_majflt);
}

void sleep_until(std::uint64_t ns) {
  const timespec then{static_cast<time_t>(ns / kSecond), static_cast<long>(ns % kSecond)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, nullptr) != 0) {
  }
}

std::uint64_t timed_send(Transport& transport, const ring::Record& record) {
  const std::uint64_t start = now_ns();
  transport.send(record);
  return now_ns() - start;
}

void attach_and_publish(Transport& transport, const ring::Record& record, Use& use) {
  const std::uint64_t before = status_value("VmPTE");
  transport.attach_writer();
  use.page_table_kb = status_value("VmPTE") - before;
  use.first_ns = timed_send(transport, record);
}

// One transport a second; each process begins with another one than its neighbours.
void publish_and_sleep(const Transports& transports, Board& board, std::size_t who) {
  const ring::Record record = record_of(ring::kMaxRecordBytes, who);
  // A first send, so that the pages that every transport touches are this process' own from here
  // on.
  timed_send(*private_copy().make(), record);
  for (std::size_t i = 0; i < kTransports; ++i) {
    attach_and_publish(*transports[i], record, board.uses[i][who]);
  }
  ++board.ready;
  while (board.start_ns == 0) nanosleep(&kStartPause, nullptr);
  const std::uint64_t phase = kSecond * who / kProcesses;
  sleep_until(board.start_ns + phase);
  std::uint64_t faults = faults_so_far();
  for (std::size_t turn = 0; turn < kTimes * kTransports; ++turn) {
    const std::size_t which = (turn + who) % kTransports;
    Use& use = board.uses[which][who];
    sleep_until(board.start_ns + (turn + 1) * kSecond + phase);
    use.cost_ns[turn / kTransports] = timed_send(*transports[which], record);
    const std::uint64_t so_far = faults_so_far();
    use.faults += so_far - faults;
    faults = so_far;
  }
}

void drain(Transport& transport, Board& board) {
  transport.attach_reader();
  while (board.stop == 0) {
    transport.receive_all();
    nanosleep(&kPollPause, nullptr);
  }
}

struct Tables {
  Table p50{"1,000 processes, one publish a second each: p50", "ns"};
  Table p99{"the same: p99", "ns"};
  Table first{"the same: first publish after attaching, p50", "ns"};
  Table page_tables{"the same: page tables that attaching adds to a process", "KiB"};
  Table faults{"the same: page faults of all processes after that, in 6,000 publishes", "faults"};
};

void add_uses(const std::string& name, const Use (&uses)[kProcesses], Tables& tables) {
  std::vector<double> costs, first, page_tables;
  double faults = 0;
  for (const Use& use : uses) {
    costs.insert(costs.end(), std::begin(use.cost_ns), std::end(use.cost_ns));
    first.push_back(static_cast<double>(use.first_ns));
    page_tables.push_back(static_cast<double>(use.page_table_kb));
    faults += static_cast<double>(use.faults);
  }
  tables.p50.add(name, quantile(costs, 0.5));
  tables.p99.add(name, quantile(costs, 0.99));
  tables.first.add(name, median(first));
  tables.page_tables.add(name, *std::max_element(page_tables.begin(), page_tables.end()));
  tables.faults.add(name, faults);
}

void measure_round(Tables& tables) {
  const std::vector<Peer> peers = transports_of_sleepers();
  Transports transports;
  for (const Peer& peer : peers) transports.push_back(peer.make());
  SharedObject<Board> board;
  std::deque<Child> children;
  for (std::size_t i = 0; i < kTransports; ++i) {
    if (peers[i].can_be_read) children.emplace_back([&, i] { drain(*transports[i], *board); });
  }
  for (std::size_t i = 0; i < kProcesses; ++i) {
    children.emplace_back([&, i] { publish_and_sleep(transports, *board, i); });
  }
  while (board->ready < kProcesses) nanosleep(&kPollPause, nullptr);
  board->start_ns = now_ns() + kSecond;
  sleep_until(board->start_ns + (kTimes * kTransports + 2) * kSecond);
  board->stop = 1;
  children.clear();
  for (std::size_t i = 0; i < kTransports; ++i) add_uses(peers[i].name, board->uses[i], tables);
}

}  // namespace

void measure_sleepers(int rounds) {
  Tables tables;
  for (int round = 0; round < rounds; ++round) measure_round(tables);
  for (const Table* table :
       {&tables.p50, &tables.p99, &tables.first, &tables.page_tables, &tables.faults}) {
    table->print();
  }
  std::printf("\nThe copy to private memory alone takes %.3f of a datagram's p50.\n",
              tables.p50.ratio(private_copy().name, datagram().name));
}

}  // namespace pppol2tp::bench
