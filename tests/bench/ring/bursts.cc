// What publishing costs the writer: bursts of 64 full records, with a reader on the other processor
// that looks without a pause, with one that looks every millisecond, and with none.
#include <cstdio>
#include <stdexcept>
#include <string>

#include "tests/bench/ring/duel.h"
#include "tests/bench/ring/measure.h"
#include "tests/bench/ring/sections.h"

namespace pppol2tp::bench {
namespace {

constexpr std::uint64_t kBurst = 64;
constexpr int kPairs = 40;                        // of each round
constexpr std::uint64_t kPatienceNs = 2'000'000;  // missing records will not come any more

// How the reader reads, and how many bursts are measured in a turn. A turn's first burst is not
// counted: it brings the transport's lines into the cache.
struct Reading {
  Task task;
  int bursts;
  const char* text;
};
constexpr Reading kReadings[] = {{Task::poll, 3, "the reader looks every millisecond"},
                                 {Task::spin, 10, "the reader spins"},
                                 {Task::none, 10, "no reader"}};

// A refused record is not tried again, as a plugin would do.
Turn write_bursts(const Contestant& side, const Reading& reading) {
  const bool has_reader = reading.task != Task::none && side.peer.can_be_read;
  side.partner.start(has_reader ? reading.task : Task::none, side.index);
  std::vector<double> costs;
  std::uint64_t taken = 0;
  for (int i = 0; i <= reading.bursts; ++i) {
    const ring::Record record = record_of(ring::kMaxRecordBytes, static_cast<std::uint64_t>(i) + 1);
    const std::uint64_t start = now_ns();
    for (std::uint64_t k = 0; k < kBurst; ++k) taken += side.transport.send(record) ? 1 : 0;
    const std::uint64_t end = now_ns();
    if (i > 0) costs.push_back(static_cast<double>(end - start) / kBurst);
    while (has_reader && side.partner.received() < taken && now_ns() - end < kPatienceNs) {
    }
  }
  const auto all = static_cast<double>(kBurst) * (reading.bursts + 1);
  return {median(costs), 1 - static_cast<double>(taken) / all};
}

}  // namespace

void measure_bursts(int rounds) {
  for (const Reading& reading : kReadings) {
    Duels duels(std::string("Publish one full record (240 bytes), bursts of 64, ") + reading.text);
    for (int round = 0; round < rounds; ++round) {
      for (const Peer& peer : other_peers()) {
        try {
          duels.fight(peer, kPairs,
                      [&](const Contestant& side) { return write_bursts(side, reading); });
        } catch (const std::runtime_error& error) {
          if (round == 0) std::printf("left out: %s: %s\n", peer.name.c_str(), error.what());
        }
      }
    }
    duels.print();
  }
}

}  // namespace pppol2tp::bench
