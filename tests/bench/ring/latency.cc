// One way from the writer's decision to the record in the reader's hands, the reader spinning.
#include <atomic>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "tests/bench/ring/measure.h"
#include "tests/bench/ring/scratch.h"
#include "tests/bench/ring/sections.h"
#include "tests/bench/ring/transport.h"

namespace pppol2tp::bench {
namespace {

constexpr std::size_t kRecords = 5'000;
constexpr std::uint64_t kPauseNs = 2'000;

struct Board {
  std::atomic<std::uint32_t> ready;
  alignas(128) std::atomic<std::uint64_t> received;
  std::atomic<std::uint64_t> latency_ns[kRecords];
};

void read_all(Transport& transport, Board& board) {
  pin_reader();
  transport.attach_reader();
  ring::Record record;
  board.ready = 1;
  for (std::size_t i = 0; i < kRecords;) {
    if (!transport.receive(record)) {
      relax();
      continue;
    }
    board.latency_ns[i] = now_ns() - record.header.time_ns;
    board.received.store(++i, std::memory_order_release);
  }
}

double latency_ns(const Peer& peer, std::uint16_t bytes, double clock_cost) {
  const auto transport = peer.make();
  SharedObject<Board> board;
  const Child reader([&] { read_all(*transport, *board); });
  pin_writer();
  transport->attach_writer();
  while (board->ready == 0) sched_yield();
  ring::Record record = record_of(bytes, 1);
  for (std::size_t i = 0; i < kRecords; ++i) {
    const std::uint64_t then = now_ns() + kPauseNs;
    while (now_ns() < then) {
    }
    record.header.time_ns = now_ns();
    while (!transport->send(record)) {
    }
    while (board->received.load(std::memory_order_acquire) <= i) {
    }
  }
  std::vector<double> all;
  for (std::size_t i = kRecords / 10; i < kRecords; ++i) {
    all.push_back(static_cast<double>(board->latency_ns[i]) - clock_cost);
  }
  return median(all);
}

}  // namespace

void measure_latency(int rounds) {
  const auto clock_cost = static_cast<double>(clock_cost_ns());
  for (const std::uint16_t bytes : {std::uint16_t{128}, std::uint16_t{ring::kMaxRecordBytes}}) {
    Table table("One way to a spinning reader, " + std::to_string(bytes) + " bytes", "ns");
    for (int round = 0; round < rounds; ++round) {
      for (const Peer& peer : all_peers()) {
        try {
          if (peer.can_be_read) table.add(peer.name, latency_ns(peer, bytes, clock_cost));
        } catch (const std::runtime_error& error) {
          if (round == 0) std::printf("left out: %s: %s\n", peer.name.c_str(), error.what());
        }
      }
      table.add(single_slot().name, latency_ns(single_slot(), bytes, clock_cost));
    }
    table.print();
  }
}

}  // namespace pppol2tp::bench
