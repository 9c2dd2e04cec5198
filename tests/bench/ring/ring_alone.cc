// Our ring by itself: how fast it is read, whom it wakes, what it takes.
#include <sys/resource.h>

#include <atomic>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <vector>

#include "plugin/ring/checksum.h"
#include "plugin/ring/reader.h"
#include "plugin/ring/segment.h"
#include "plugin/ring/writer.h"
#include "tests/bench/ring/measure.h"
#include "tests/bench/ring/partner.h"
#include "tests/bench/ring/scratch.h"
#include "tests/bench/ring/sections.h"
#include "tests/bench/ring/system_calls.h"

namespace pppol2tp::bench {
namespace {

void open_writer(ring::Segment& segment, const std::string& path) {
  const ring::SegmentStatus status = segment.open_for_writing(path.c_str(), &ring::kLargeGeometry);
  if (status != ring::SegmentStatus::attached) throw std::runtime_error(ring::to_text(status));
}

double ms(std::uint64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

// Runs `step` often enough to time it; returns the ns of one run.
template <typename Step>
double time_each(Step&& step) {
  constexpr int kTimes = 20'000;
  std::vector<double> costs;
  for (int round = 0; round < 21; ++round) {
    const std::uint64_t start = now_ns();
    for (int i = 0; i < kTimes; ++i) step(static_cast<std::uint64_t>(i));
    costs.push_back(static_cast<double>(now_ns() - start) / kTimes);
  }
  return median(costs);
}

struct Board {
  std::atomic<std::uint32_t> ready;
  std::atomic<std::uint32_t> stop;
};

// Reads like the agent: waits if there is nothing, reads every 5 ms while records come.
void tail(const std::string& path, Board& board) {
  ring::Segment segment;
  if (segment.open_for_reading(path.c_str()) != ring::SegmentStatus::attached) {
    throw std::runtime_error("the ring cannot be read");
  }
  ring::Reader reader(segment);
  board.ready = 1;
  while (board.stop == 0) {
    reader.poll([](const ring::Record&) {}, SIZE_MAX);
    constexpr timespec kPause{0, 5'000'000};
    nanosleep(&kPause, nullptr);
    // In this order: the record that ends the wait follows `stop`, so it is not read any more.
    if (board.stop == 0 && !reader.has_more()) {
      ring::Reader::wait(segment, reader.position().next, 3'600'000'000'000);
    }
  }
}

}  // namespace

void measure_floors() {
  const ring::Record record = record_of(ring::kMaxRecordBytes, 1);
  ring::Record copy;
  const double copying = time_each([&](std::uint64_t) {
    copy = record;
    asm volatile("" : : "r"(&copy) : "memory");
  });
  std::uint64_t sum = 0;
  const double checking = time_each([&](std::uint64_t ticket) {
    asm volatile("" : : "r"(&record) : "memory");
    sum += ring::internal::keyed(ring::internal::digest(&record, sizeof record / 8), ticket);
  });
  asm volatile("" : : "r"(sum));
  std::printf(
      "\nFloors: copy of 240 bytes %.1f ns, checksum of 240 bytes %.1f ns, one way of a cache line "
      "%.0f ns, clock %llu ns\n",
      copying, checking, Partner({}).hop_ns(), static_cast<unsigned long long>(clock_cost_ns()));
}

void measure_reader(int rounds) {
  Table speed("Reader: full records with their checks, from a full ring", "million a second");
  Table catching_up("Reader: catching up a full ring (262,144 records)", "ms");
  for (int round = 0; round < rounds; ++round) {
    const ScratchDirectory directory;
    const std::string path = directory.path() + "/ring";
    ring::Segment writing;
    open_writer(writing, path);
    const std::uint64_t records = writing.geometry().record_slots;
    for (std::uint64_t i = 0; i < records; ++i) {
      ring::Writer(writing).publish(record_of(ring::kMaxRecordBytes, i));
    }
    ring::Segment reading;
    if (reading.open_for_reading(path.c_str()) != ring::SegmentStatus::attached) {
      throw std::runtime_error("the ring cannot be read");
    }
    ring::Reader reader(reading);
    std::uint64_t sum = 0;
    const std::uint64_t start = now_ns();
    const std::size_t taken =
        reader.poll([&](const ring::Record& record) { sum += record.header.number; }, SIZE_MAX);
    const std::uint64_t duration = now_ns() - start;
    if (taken != records || sum == 0) throw std::runtime_error("the reader missed records");
    speed.add("pppol2tp ring", static_cast<double>(taken) * 1e3 / static_cast<double>(duration));
    catching_up.add("pppol2tp ring", ms(duration));
  }
  speed.print();
  catching_up.print();
}

void measure_waking() {
  constexpr std::uint64_t kDuration = 2'000'000'000;
  const ScratchDirectory directory;
  const std::string path = directory.path() + "/ring";
  ring::Segment segment;
  open_writer(segment, path);
  SharedObject<Board> board;
  const Child reader([&] { tail(path, *board); });
  while (board->ready == 0) sched_yield();
  constexpr timespec kUntilItSleeps{0, 200'000'000};
  nanosleep(&kUntilItSleeps, nullptr);

  const std::uint64_t switches = status_value("voluntary_ctxt_switches", reader.pid());
  constexpr timespec kWhile{kDuration / 1'000'000'000, 0};
  nanosleep(&kWhile, nullptr);
  const std::uint64_t idle_switches =
      status_value("voluntary_ctxt_switches", reader.pid()) - switches;
  std::uint64_t busy_calls = 0;
  std::uint64_t published = 0;
  {
    SharedObject<Board> writers;
    const auto write = [&] {
      while (writers->stop == 0) {
        ring::Writer(segment).publish(record_of(ring::kMaxRecordBytes, 1));
      }
    };
    const std::uint64_t before = segment.control().next_ticket;
    const Child first(write);
    const Child second(write);
    busy_calls = count_system_calls({first.pid(), second.pid()}, kDuration);
    writers->stop = 1;
    published = segment.control().next_ticket - before;
  }
  board->stop = 1;
  ring::Writer(segment).publish(record_of(ring::kMaxRecordBytes, 1));
  std::printf(
      "\nWaking, in 2 s: with nothing published the reader ran %llu times; while %.1f million "
      "records were published the writers made %llu system calls (at most 200: one a period)\n",
      static_cast<unsigned long long>(idle_switches), static_cast<double>(published) / 1e6,
      static_cast<unsigned long long>(busy_calls));
}

void measure_memory(int rounds) {
  Table creating("Making the ring of 262,144 records and 32,768 sessions (the first pppd)", "ms");
  Table attaching("Attaching to it (every other pppd)", "ms");
  Table page_tables("Page tables that attaching adds", "KiB");
  std::uint64_t bytes = 0;
  bool in_huge_pages = false;
  for (int round = 0; round < rounds; ++round) {
    const ScratchDirectory directory;
    const std::string path = directory.path() + "/ring";
    const std::uint64_t start = now_ns();
    ring::Segment creator;
    open_writer(creator, path);
    creating.add("pppol2tp ring", ms(now_ns() - start));
    creator.close();
    ring::Segment segment;
    const std::uint64_t before = status_value("VmPTE");
    const std::uint64_t begin = now_ns();
    open_writer(segment, path);
    attaching.add("pppol2tp ring", ms(now_ns() - begin));
    page_tables.add("pppol2tp ring", static_cast<double>(status_value("VmPTE") - before));
    bytes = ring::Segment::file_bytes(segment.geometry());
    in_huge_pages = segment.info().in_huge_pages == 1;
  }
  creating.print();
  attaching.print();
  page_tables.print();
  std::printf("\nThe file has %.0f MiB, %s pages of 2 MiB; the small one %.0f MiB\n",
              static_cast<double>(bytes) / (1 << 20), in_huge_pages ? "in" : "without",
              static_cast<double>(ring::Segment::file_bytes(ring::kSmallGeometry)) / (1 << 20));
}

}  // namespace pppol2tp::bench
