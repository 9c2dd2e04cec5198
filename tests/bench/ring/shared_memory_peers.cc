// Ours, and the floors that no transport through shared memory can be faster than.
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>
#include <optional>
#include <stdexcept>
#include <vector>

#include "plugin/ring/publisher.h"
#include "plugin/ring/reader.h"
#include "plugin/ring/segment.h"
#include "plugin/ring/writer.h"
#include "tests/bench/ring/scratch.h"
#include "tests/bench/ring/transport.h"

namespace pppol2tp::bench {
namespace {

// The file that the first pppd would create here, in its own directory.
class Ours final : public Transport {
 public:
  Ours() {
    ring::Segment creator;
    check(creator);
  }
  void attach_writer() override { check(writing_); }
  void attach_reader() override {
    if (reading_.open_for_reading(path_.c_str()) != ring::SegmentStatus::attached) {
      throw std::runtime_error("the ring cannot be read");
    }
    reader_.emplace(reading_);
  }
  bool send(const ring::Record& record) override {
    return ring::Writer(writing_).publish(record) == ring::Published::yes;
  }
  bool receive(ring::Record& record) override { return reader_->take(record); }
  std::size_t receive_all() override {
    return reader_->poll([](const ring::Record&) {}, SIZE_MAX);
  }

 private:
  void check(ring::Segment& segment) {
    const ring::SegmentStatus status = segment.open_for_writing(path_.c_str());
    if (status != ring::SegmentStatus::attached) {
      throw std::runtime_error(std::string("the ring: ") + ring::to_text(status));
    }
  }

  ScratchDirectory directory_;
  std::string path_ = directory_.path() + "/ring";
  ring::Segment writing_;
  ring::Segment reading_;
  std::optional<ring::Reader> reader_;
};

// A session's counters, by the publisher that every process has.
class WholeSession final : public Transport {
 public:
  WholeSession() {
    ring::Segment creator;
    creator.open_for_writing(path_.c_str());
  }
  void attach_writer() override { publisher_.open(path_.c_str(), ring::SessionIdentity{}); }
  bool send(const ring::Record& record) override {
    ring::CountersSection counters{};
    counters.read_ns = record.header.number;
    publisher_.publish(counters);
    return publisher_.status() == ring::SegmentStatus::attached;
  }
  bool receive(ring::Record&) override { return false; }

 private:
  ScratchDirectory directory_;
  std::string path_ = directory_.path() + "/ring";
  ring::Publisher publisher_;
};

class PrivateCopy final : public Transport {
 public:
  // After a fork, the first store into each page would be a page fault.
  void attach_writer() override { std::fill(memory_.begin(), memory_.end(), std::byte{1}); }
  bool send(const ring::Record& record) override {
    std::memcpy(memory_.data() + next_ % memory_.size(), &record, record.header.bytes);
    next_ += 256;
    // The store counts as visible to others, so it is not optimised away.
    asm volatile("" : : "r"(memory_.data()) : "memory");
    return true;
  }
  bool receive(ring::Record&) override { return false; }

 private:
  std::vector<std::byte> memory_ = std::vector<std::byte>(64 * 256);
  std::size_t next_ = 0;
};

struct Slot {
  alignas(128) std::atomic<std::uint64_t> full;
  ring::Record record;
};

class SingleSlot final : public Transport {
 public:
  bool send(const ring::Record& record) override {
    while (slot_->full.load(std::memory_order_acquire) != 0) {
    }
    std::memcpy(&slot_->record, &record, record.header.bytes);
    slot_->full.store(record.header.bytes, std::memory_order_release);
    return true;
  }
  bool receive(ring::Record& record) override {
    const std::uint64_t bytes = slot_->full.load(std::memory_order_acquire);
    if (bytes == 0) return false;
    std::memcpy(static_cast<void*>(&record), &slot_->record, bytes);
    slot_->full.store(0, std::memory_order_release);
    return true;
  }

 private:
  SharedObject<Slot> slot_;
};

}  // namespace

Peer ours() {
  return {"pppol2tp ring", [] { return std::make_unique<Ours>(); }};
}
Peer whole_session() {
  return {"pppol2tp ring and session table", [] { return std::make_unique<WholeSession>(); },
          false};
}
Peer private_copy() {
  return {"copy to private memory (floor)", [] { return std::make_unique<PrivateCopy>(); }, false};
}
Peer single_slot() {
  return {"one slot and a flag (floor)", [] { return std::make_unique<SingleSlot>(); }};
}

}  // namespace pppol2tp::bench
