// A ring in plain memory, shared with children of fork, and records to put into it.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

#include "plugin/ring/reader.h"
#include "plugin/ring/segment.h"
#include "plugin/ring/writer.h"

namespace pppol2tp::ring::test {

inline constexpr Geometry kTinyGeometry{16, 16};

class MemoryRing {
 public:
  explicit MemoryRing(Geometry geometry = kTinyGeometry, std::uint64_t epoch = 7)
      : geometry_(geometry), epoch_(epoch), size_(Segment::file_bytes(geometry)) {
    bytes_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (bytes_ == MAP_FAILED) throw std::bad_alloc();
    Segment::format(bytes_, geometry_, epoch_);
    attach();
  }
  ~MemoryRing() { munmap(bytes_, size_); }
  MemoryRing(const MemoryRing&) = delete;
  MemoryRing& operator=(const MemoryRing&) = delete;

  // As if it were new.
  void format_anew() {
    segment_.close();
    std::memset(bytes_, 0, sizeof(Info));
    std::memset(at(kControlOffset), 0, sizeof(Control));
    std::memset(at(kRecordsOffset), 0, size_ - kRecordsOffset);
    Segment::format(bytes_, geometry_, epoch_);
    attach();
  }

  Segment& segment() { return segment_; }
  Control& control() { return segment_.control(); }
  std::byte* at(std::size_t offset) { return static_cast<std::byte*>(bytes_) + offset; }
  void* bytes() { return bytes_; }
  std::size_t size() const { return size_; }

 private:
  void attach() {
    if (segment_.open_over(bytes_, size_) != SegmentStatus::attached) throw std::bad_alloc();
  }

  Geometry geometry_;
  std::uint64_t epoch_;
  std::size_t size_;
  void* bytes_;
  Segment segment_;
};

// Record `number` of session `session`: all of its words depend on these two, so is_intact()
// recognises a mixture.
inline Record numbered_record(std::uint32_t session, std::uint64_t number) {
  Record record{};
  CountersSection counters{};
  auto* const words = reinterpret_cast<unsigned char*>(&counters);
  for (std::size_t i = 0; i < sizeof counters; i += 8) {
    const std::uint64_t word = (number * 64 + i) * 0x9E3779B97F4A7C15 + session;
    std::memcpy(words + i, &word, sizeof word);
  }
  set_body(record, EventType::counters_read, counters);
  record.header.number = number;
  record.header.time_ns = number * 3 + session;
  record.header.identity.session_id = session;
  record.header.identity.start_ticks = number ^ session;
  return record;
}

inline bool is_intact(const Record& record) {
  const Record expected = numbered_record(record.header.identity.session_id, record.header.number);
  return std::memcmp(&record, &expected, expected.header.bytes) == 0;
}

inline std::vector<Record> take_all(Reader& reader) {
  std::vector<Record> records;
  reader.poll([&](const Record& record) { records.push_back(record); }, SIZE_MAX);
  return records;
}

inline std::vector<std::uint64_t> take_numbers(Reader& reader) {
  std::vector<std::uint64_t> numbers;
  reader.poll([&](const Record& record) { numbers.push_back(record.header.number); }, SIZE_MAX);
  return numbers;
}

// The number of tickets that the reader has accounted for; equals its position if it began at 0.
inline std::uint64_t accounted(const Reader& reader) {
  const ReaderCounts& counts = reader.counts();
  return counts.delivered + counts.lost + counts.corrupt + reader.position().hole_count;
}

}  // namespace pppol2tp::ring::test
