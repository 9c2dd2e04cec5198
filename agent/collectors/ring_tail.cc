#include "agent/collectors/ring_tail.h"

#include <cerrno>
#include <vector>

#include "plugin/ring/session_table.h"

namespace pppol2tp::collectors {
namespace {

// The number of losses that may have left some session's state wrong: records that this reader
// lost, and records that writers dropped, which show as gaps in sessions' sequence numbers.
std::uint64_t losses(const ring::ReaderCounts& counts, const model::Model& model) {
  return counts.lost + counts.corrupt + counts.implausible + model.totals().records_missed;
}

ring::ReaderCounts sum(const ring::ReaderCounts& a, const ring::ReaderCounts& b) {
  return {a.delivered + b.delivered, a.lost + b.lost, a.corrupt + b.corrupt,
          a.implausible + b.implausible};
}

}  // namespace

Result<void> RingTail::collect(model::Model& model, std::uint64_t /*now_ns*/) {
  if (!segment_ || segment_->is_replaced(path_.c_str())) {
    drain(model);
    if (const auto attached = attach(model); !attached) return attached;
  }
  drain(model);
  if (!reader_) return {};
  const std::vector<std::uint32_t> late = model.take_late_slots();
  if (losses(reader_->counts(), model) != healed_losses_) {
    heal(model);
  } else {
    for (const std::uint32_t slot : late) heal_slot(model, slot);
  }
  return {};
}

Result<void> RingTail::attach(model::Model& model) {
  auto segment = std::make_shared<ring::Segment>();
  errno = 0;
  const ring::SegmentStatus status = segment->open_for_reading(path_.c_str());
  const bool is_not_there_yet = status == ring::SegmentStatus::absent ||
                                status == ring::SegmentStatus::no_directory ||
                                status == ring::SegmentStatus::not_ready;
  if (is_not_there_yet) return {};
  if (status == ring::SegmentStatus::system_error) {
    return fail_errno(errno, "ring ", path_, ": ", ring::to_text(status));
  }
  if (status != ring::SegmentStatus::attached) {
    return fail("ring ", path_, ": ", ring::to_text(status));
  }
  if (segment_ && segment->epoch() == segment_->epoch()) return {};

  earlier_rings_ = counts();
  segment_ = std::move(segment);
  reader_.emplace(*segment_);
  if (resume_) reader_->resume(*resume_);
  resume_.reset();
  model.begin_ring(segment_->epoch(), segment_->geometry().session_slots);
  drain(model);
  heal(model);
  return {};
}

std::size_t RingTail::drain(model::Model& model) {
  if (!reader_) return 0;
  // At most one full ring is there to read; what arrives meanwhile is read next time.
  return reader_->poll([&](const ring::Record& record) { model.apply(record); },
                       segment_->geometry().record_slots);
}

void RingTail::heal(model::Model& model) {
  healed_losses_ = losses(reader_->counts(), model);
  for (std::uint32_t slot = 0; slot < segment_->geometry().session_slots; ++slot) {
    if (segment_->session_slot(slot).generation.load(std::memory_order_relaxed) == 0) continue;
    heal_slot(model, slot);
  }
}

void RingTail::heal_slot(model::Model& model, std::uint32_t slot) {
  ring::SessionState state;
  const ring::SlotReading reading = ring::read_session(*segment_, slot, state);
  model.reconcile(slot, reading, state);
}

ring::ReaderPosition RingTail::position() const {
  if (reader_) return reader_->position();
  return resume_.value_or(ring::ReaderPosition{});
}

ring::ReaderCounts RingTail::counts() const {
  return reader_ ? sum(earlier_rings_, reader_->counts()) : earlier_rings_;
}

}  // namespace pppol2tp::collectors
