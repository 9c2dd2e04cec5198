#include "plugin/ring/reader.h"

#include <algorithm>
#include <cstring>

#include "plugin/ring/checksum.h"
#include "plugin/ring/wake.h"
#include "plugin/ring/words.h"

namespace pppol2tp::ring {
namespace {

// A step of the ring's position that no load explains: at ten million records a second it takes
// almost two hours, and a reader that was away for longer has lost everything anyhow.
constexpr std::uint64_t kImplausibleStep = std::uint64_t{1} << 36;

constexpr std::size_t kCacheLineBytes = 64;

// The newest records that poll() fetches backwards: 16 KiB, which a first-level cache holds, and
// twice as far as a processor was seen to fetch ahead of a reader.
constexpr std::uint64_t kFetchedBackwards = 64;

std::uint64_t committed(std::uint64_t ticket) {
  return 2 * ticket + 2;
}

std::size_t words_of(const Record& record) {
  return (std::min<std::size_t>(record.header.bytes, sizeof record) + 7) / 8;
}

// By loads, because a processor may leave out prefetches when it has many to do.
void load_lines_backwards(const RecordSlot& slot) {
  constexpr std::size_t kWordsOfALine = kCacheLineBytes / sizeof(std::uint64_t);
  for (std::size_t end = sizeof slot / sizeof(std::uint64_t); end != 0; end -= kWordsOfALine) {
    internal::shared_word(&slot, end - kWordsOfALine);
  }
}

// What copy_record() copied: the record's first `words` words, and their digest.
struct Copied {
  std::size_t words;
  std::uint64_t digest;
};

// Copies the length first, then that many words, and adds each to the digest on the way. The digest
// needs the cache lines one after another, so all of them are prefetched.
Copied copy_record(const RecordSlot& slot, Record& record) {
  const auto* const lines = reinterpret_cast<const std::byte*>(&slot);
  for (std::size_t i = kCacheLineBytes; i < sizeof slot; i += kCacheLineBytes) {
    __builtin_prefetch(lines + i);
  }
  internal::load_word(&slot.record, &record, 0);
  const std::size_t words = words_of(record);
  const auto copy_word = [&](std::size_t i) {
    return internal::load_word(&slot.record, &record, i);
  };
  return {words, internal::digest_of(words, copy_word)};
}

bool holds(const Record& record, const Copied& copied, std::uint64_t check, std::uint64_t ticket) {
  // The length was loaded twice, and may have changed.
  if (!is_well_formed(record) || words_of(record) != copied.words) return false;
  return internal::keyed(copied.digest, ticket) == check;
}

// The holes must ascend and be less than `next`: otherwise a record could be delivered twice.
bool is_sound(const ReaderPosition& position) {
  if (position.hole_count > kMaxHoles) return false;
  for (std::uint32_t i = 0; i < position.hole_count; ++i) {
    const bool is_last = i + 1 == position.hole_count;
    if (position.holes[i] >= (is_last ? position.next : position.holes[i + 1])) return false;
  }
  return true;
}

}  // namespace

Reader::Reader(const Segment& segment) : segment_(&segment) {
  position_.epoch = segment.epoch();
  start_at_oldest();
}

void Reader::start_at_oldest() {
  const std::uint64_t end = segment_->control().next_ticket.load(std::memory_order_acquire);
  const std::uint64_t held = segment_->geometry().record_slots;
  position_.next = end > held ? end - held : 0;
  position_.hole_count = 0;
  fetch_at_ = 0;
}

bool Reader::resume(const ReaderPosition& position) {
  const std::uint64_t end = segment_->control().next_ticket.load(std::memory_order_acquire);
  const bool fits =
      position.epoch == segment_->epoch() && position.next <= end && is_sound(position);
  if (fits) {
    position_ = position;
    fetch_at_ = 0;
  } else {
    start_at_oldest();
  }
  return fits;
}

// Brings the newest records into the cache, the last one first. A processor that sees lines read in
// ascending order fetches those that follow: the slots behind the newest record, which the writers
// would then have to fetch back, one by one, for their next records.
void Reader::fetch_newest_first() {
  const std::uint64_t end = segment_->control().next_ticket.load(std::memory_order_acquire);
  const std::uint64_t rest = end - position_.next;
  if (rest > segment_->geometry().record_slots) return;  // lapped: take_next() goes on elsewhere
  fetch_at_ = rest > kFetchedBackwards ? end - kFetchedBackwards : end;
  if (fetch_at_ != end) return;
  for (std::uint64_t ticket = end; ticket != position_.next; --ticket) {
    load_lines_backwards(segment_->record_slot(ticket - 1));
  }
}

Reader::Taken Reader::copy_out(std::uint64_t ticket, Record& record) const {
  const RecordSlot& slot = segment_->record_slot(ticket);
  const std::uint64_t wanted = committed(ticket);
  const std::uint64_t sequence = slot.sequence.load(std::memory_order_acquire);  // pairs with [c]
  if (sequence < wanted) return Taken::uncommitted;
  if (sequence > wanted) return Taken::lapped;
  std::uint64_t check = 0;
  internal::load_words(&slot.check, &check, 1);
  const Copied copied = copy_record(slot, record);
  std::atomic_thread_fence(std::memory_order_acquire);  // pairs with [b]
  if (slot.sequence.load(std::memory_order_acquire) != wanted) return Taken::lapped;
  return holds(record, copied, check, ticket) ? Taken::record : Taken::corrupt;
}

bool Reader::take(Record& record) {
  if (position_.hole_count == 0) {
    const RecordSlot& slot = segment_->record_slot(position_.next);
    const bool is_written =
        slot.sequence.load(std::memory_order_relaxed) >= committed(position_.next);
    if (!is_written && ++looks_ % kLooksForEachOfThePosition != 0) return false;
  }
  return take_next(record);
}

bool Reader::take_next(Record& record) {
  // Dead writers and hostile bytes can make us step over slots, but after a jump one call never
  // goes much further than once around.
  for (std::uint32_t steps = 2 * segment_->geometry().record_slots; steps != 0; --steps) {
    const Taken taken = copy_out(position_.next, record);
    // Look at the holes after the copy: a record that its session published earlier is then found
    // in its hole, and goes first.
    Record earlier;
    if (position_.hole_count != 0 && take_from_hole(earlier)) {
      record = earlier;
      return true;
    }
    if (taken == Taken::record) {
      ++position_.next;
      ++counts_.delivered;
      return true;
    }
    if (!step_over(taken)) return false;
  }
  return false;
}

// Goes past a ticket that gave no record. False: there is no further ticket.
bool Reader::step_over(Taken taken) {
  const std::uint64_t end = segment_->control().next_ticket.load(std::memory_order_acquire);
  const std::uint64_t held = segment_->geometry().record_slots;
  if (end == position_.next) return false;
  if (end < position_.next || end - position_.next > kImplausibleStep) {
    ++counts_.implausible;
    start_at_oldest();
    return false;
  }
  if (end - position_.next > held) {
    // Lapped, or about to be. Go on a little ahead of the oldest record; otherwise the writers
    // would overtake us again before the next look.
    const std::uint64_t target = end - held + held / 64;
    counts_.lost += target - position_.next;
    position_.next = target;
    return true;
  }
  if (taken == Taken::uncommitted) {
    note_hole(position_.next);
  } else {
    ++counts_.corrupt;  // a wrong check, or a sequence that no writer can have reached
  }
  ++position_.next;
  return true;
}

void Reader::note_hole(std::uint64_t ticket) {
  if (position_.hole_count == kMaxHoles) {
    ++counts_.lost;
    forget_hole(0);
  }
  position_.holes[position_.hole_count++] = ticket;
}

void Reader::forget_hole(std::size_t index) {
  --position_.hole_count;
  std::memmove(&position_.holes[index], &position_.holes[index + 1],
               (position_.hole_count - index) * sizeof position_.holes[0]);
}

bool Reader::take_from_hole(Record& record) {
  for (std::size_t i = 0; i < position_.hole_count;) {
    switch (copy_out(position_.holes[i], record)) {
      case Taken::uncommitted:
        ++i;
        break;
      case Taken::record:
        forget_hole(i);
        ++counts_.delivered;
        return true;
      case Taken::lapped:
        ++counts_.lost;
        forget_hole(i);
        break;
      case Taken::corrupt:
        ++counts_.corrupt;
        forget_hole(i);
        break;
    }
  }
  return false;
}

bool Reader::has_more() const {
  return segment_->control().next_ticket.load(std::memory_order_acquire) != position_.next;
}

void Reader::wait(const Segment& segment, std::uint64_t seen, std::uint64_t timeout_ns) {
  internal::wait_for_writer(segment.control(), seen, timeout_ns);
}

void Reader::interrupt(const Segment& segment) {
  internal::wake_everybody(segment.control());
}

}  // namespace pppol2tp::ring
