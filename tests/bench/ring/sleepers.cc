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

#include "tests/bench/ring/measure.h"
#include "tests/bench/ring/scratch.h"
#include "tests/bench/ring/sections.h"
#include "tests/bench/ring/transport.h"

namespace pppol2tp::bench {
namespace {

constexpr std::size_t kProcesses = 1'000;
constexpr std::size_t kTimes = 5;
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr timespec kPollPause{0, 5'000'000};     // the agent's
constexpr timespec kStartPause{0, 300'000'000};  // shorter ones would keep the processors busy

struct Sleeper {
  std::uint64_t cost_ns[kTimes];
  std::uint64_t first_ns;
  std::uint64_t page_table_kb;
  std::uint64_t faults;
};

struct Board {
  std::atomic<std::uint32_t> ready;
  std::atomic<std::uint32_t> stop;
  std::atomic<std::uint64_t> start_ns;  // 0: not yet
  Sleeper sleepers[kProcesses];
};

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

void publish_and_sleep(Transport& transport, Board& board, std::size_t who) {
  Sleeper& mine = board.sleepers[who];
  const ring::Record record = record_of(ring::kMaxRecordBytes, who);
  // A first send, so that the pages that every transport touches are this process' own from here
  // on.
  timed_send(*private_copy().make(), record);
  const std::uint64_t before = status_value("VmPTE");
  transport.attach_writer();
  mine.page_table_kb = status_value("VmPTE") - before;
  mine.first_ns = timed_send(transport, record);
  ++board.ready;
  while (board.start_ns == 0) nanosleep(&kStartPause, nullptr);
  const std::uint64_t phase = kSecond * who / kProcesses;
  sleep_until(board.start_ns + phase);
  const std::uint64_t faults = faults_so_far();
  for (std::size_t i = 0; i < kTimes; ++i) {
    sleep_until(board.start_ns + (i + 1) * kSecond + phase);
    mine.cost_ns[i] = timed_send(transport, record);
  }
  mine.faults = faults_so_far() - faults;
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
  Table faults{"the same: page faults of all processes after that, in 5,000 publishes", "faults"};
};

void measure_one(const Peer& peer, Tables& tables) {
  const auto transport = peer.make();
  SharedObject<Board> board;
  std::deque<Child> children;
  if (peer.can_be_read) children.emplace_back([&] { drain(*transport, *board); });
  for (std::size_t i = 0; i < kProcesses; ++i) {
    children.emplace_back([&] { publish_and_sleep(*transport, *board, i); });
  }
  while (board->ready < kProcesses) nanosleep(&kPollPause, nullptr);
  board->start_ns = now_ns() + kSecond;
  sleep_until(board->start_ns + (kTimes + 2) * kSecond);
  board->stop = 1;
  children.clear();

  std::vector<double> costs, first, page_tables;
  double faults = 0;
  for (const Sleeper& sleeper : board->sleepers) {
    costs.insert(costs.end(), std::begin(sleeper.cost_ns), std::end(sleeper.cost_ns));
    first.push_back(static_cast<double>(sleeper.first_ns));
    page_tables.push_back(static_cast<double>(sleeper.page_table_kb));
    faults += static_cast<double>(sleeper.faults);
  }
  tables.p50.add(peer.name, quantile(costs, 0.5));
  tables.p99.add(peer.name, quantile(costs, 0.99));
  tables.first.add(peer.name, median(first));
  tables.page_tables.add(peer.name, *std::max_element(page_tables.begin(), page_tables.end()));
  tables.faults.add(peer.name, faults);
}

}  // namespace

void measure_sleepers(int rounds) {
  Tables tables;
  for (int round = 0; round < rounds; ++round) {
    for (const Peer& peer : {ours(), private_copy(), datagram(), whole_session()}) {
      measure_one(peer, tables);
    }
  }
  for (const Table* table :
       {&tables.p50, &tables.p99, &tables.first, &tables.page_tables, &tables.faults}) {
    table->print();
  }
}

}  // namespace pppol2tp::bench
