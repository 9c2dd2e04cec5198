// One way from the writer's decision to the record in the reader's hands, the reader spinning.
#include <cstdio>
#include <random>
#include <stdexcept>

#include "tests/bench/ring/duel.h"
#include "tests/bench/ring/measure.h"
#include "tests/bench/ring/sections.h"

namespace pppol2tp::bench {
namespace {

constexpr std::size_t kRecords = 100;  // of each turn
constexpr std::size_t kWarmUp = 20;    // not counted: they bring lines into the caches
static_assert(kRecords <= Partner::kMaxTimes);
// Between two records, of changing length: with a fixed one, every record would be written at the
// same moment between two looks of the reader.
constexpr std::uint64_t kPauseNs = 2'000;
constexpr std::uint64_t kMorePauseNs = 1'000;
constexpr int kPairs = 100;  // of each round

Turn send_one_by_one(const Contestant& side, std::uint16_t bytes, double clock_cost) {
  side.partner.start(Task::time, side.index);
  ring::Record record = record_of(bytes, 1);
  std::vector<double> times;
  std::minstd_rand chance;
  for (std::size_t i = 0; i < kRecords; ++i) {
    const std::uint64_t then = now_ns() + kPauseNs + chance() % kMorePauseNs;
    while (now_ns() < then) {
    }
    record.header.time_ns = now_ns();
    while (!side.transport.send(record)) {
    }
    while (side.partner.received() <= i) {
    }
    if (i >= kWarmUp) times.push_back(static_cast<double>(side.partner.time_ns(i)) - clock_cost);
  }
  return {middle_half(times)};
}

}  // namespace

void measure_latency(int rounds) {
  const auto clock_cost = static_cast<double>(clock_cost_ns());
  for (const std::uint16_t bytes : {std::uint16_t{128}, std::uint16_t{ring::kMaxRecordBytes}}) {
    Duels duels("One way to a spinning reader, " + std::to_string(bytes) + " bytes");
    std::vector<Peer> peers = other_peers();
    peers.insert(peers.begin(), single_slot());
    for (int round = 0; round < rounds; ++round) {
      for (const Peer& peer : peers) {
        if (!peer.can_be_read) continue;
        try {
          duels.fight(peer, kPairs, [&](const Contestant& side) {
            return send_one_by_one(side, bytes, clock_cost);
          });
        } catch (const std::runtime_error& error) {
          if (round == 0) std::printf("left out: %s: %s\n", peer.name.c_str(), error.what());
        }
      }
    }
    duels.print();
  }
}

}  // namespace pppol2tp::bench
