// What publishing costs the writer: bursts of 64 full records, with a reader on the other processor
// that looks without a pause, with one that looks every millisecond, and with none.
#include <atomic>
#include <cstdio>
#include <ctime>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "tests/bench/ring/measure.h"
#include "tests/bench/ring/scratch.h"
#include "tests/bench/ring/sections.h"
#include "tests/bench/ring/transport.h"

namespace pppol2tp::bench {
namespace {

constexpr std::uint64_t kBurst = 64;
constexpr int kBursts = 300;
constexpr std::uint64_t kPatienceNs = 2'000'000;  // missing records will not come any more

struct Board {
  std::atomic<std::uint32_t> ready;
  std::atomic<std::uint32_t> stop;
  alignas(128) std::atomic<std::uint64_t> received;
};

enum class ReaderIs { spinning, polling, down };

void read_on(Transport& transport, Board& board, ReaderIs reader) {
  pin_reader();
  transport.attach_reader();
  ring::Record record;
  board.ready = 1;
  while (board.stop.load(std::memory_order_relaxed) == 0) {
    if (!transport.receive(record)) {
      constexpr timespec kPause{0, 1'000'000};
      reader == ReaderIs::spinning ? relax() : void(nanosleep(&kPause, nullptr));
      continue;
    }
    board.received.store(board.received.load(std::memory_order_relaxed) + 1,
                         std::memory_order_relaxed);
  }
}

struct Cost {
  double ns;
  double refused;  // share of the records
};

// A refused record is not tried again, as a plugin would do.
Cost write_bursts(Transport& transport, Board& board, bool has_reader) {
  std::vector<double> costs;
  std::uint64_t taken = 0;
  std::uint64_t number = 0;
  for (int i = -20; i < kBursts; ++i) {
    const ring::Record record = record_of(ring::kMaxRecordBytes, ++number);
    const std::uint64_t start = now_ns();
    for (std::uint64_t k = 0; k < kBurst; ++k) taken += transport.send(record) ? 1 : 0;
    const std::uint64_t end = now_ns();
    if (i >= 0) costs.push_back(static_cast<double>(end - start) / kBurst);
    while (has_reader && board.received.load(std::memory_order_relaxed) < taken &&
           now_ns() - end < kPatienceNs) {
    }
  }
  const auto all = static_cast<double>((kBursts + 20) * kBurst);
  return {median(costs), 1 - static_cast<double>(taken) / all};
}

void measure_one(const Peer& peer, ReaderIs reader, Table& table) {
  const auto transport = peer.make();
  SharedObject<Board> board;
  std::optional<Child> child;
  const bool has_reader = reader != ReaderIs::down && peer.can_be_read;
  if (has_reader) {
    child.emplace([&] { read_on(*transport, *board, reader); });
    while (board->ready == 0) sched_yield();
  }
  pin_writer();
  transport->attach_writer();
  const Cost cost = write_bursts(*transport, *board, has_reader);
  board->stop = 1;
  table.add(peer.name, cost.ns);
  if (cost.refused > 0.01) {
    table.remark(peer.name, std::to_string(static_cast<int>(100 * cost.refused)) + " % refused");
  }
}

}  // namespace

void measure_bursts(int rounds) {
  const std::string what = "Publish one full record (240 bytes), bursts of 64, ";
  std::pair<ReaderIs, Table> tables[] = {
      {ReaderIs::polling, Table(what + "the reader looks every millisecond", "ns a record")},
      {ReaderIs::spinning, Table(what + "the reader spins", "ns a record")},
      {ReaderIs::down, Table(what + "no reader", "ns a record")}};
  const std::vector<Peer> peers = all_peers();
  for (int round = 0; round < rounds; ++round) {
    for (const Peer& peer : peers) {
      for (auto& [reader, table] : tables) {
        // LTTng's reader is a daemon that is not started or stopped here.
        if (reader == ReaderIs::down && !peer.can_be_read) continue;
        try {
          measure_one(peer, reader, table);
        } catch (const std::runtime_error& error) {
          if (round == 0) std::printf("left out: %s: %s\n", peer.name.c_str(), error.what());
          break;
        }
      }
    }
  }
  for (const auto& [reader, table] : tables) table.print();
}

}  // namespace pppol2tp::bench
