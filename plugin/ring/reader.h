// Takes records out of the ring, one by one, in order for each session, and says exactly what was
// missed. Any number of readers, none of which a writer notices; each maps the file read-only.
//
// Nothing in the file is believed: positions and lengths are checked, a record is copied out and
// its check verified before anybody looks inside.
//
// One thread for each Reader. The segment must stay open while the reader is in use.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "plugin/ring/segment.h"

namespace pppol2tp::ring {

// Tickets that were claimed but not committed when the reader went past them.
inline constexpr std::size_t kMaxHoles = 64;

// Calls of take() that find nothing, for each one of them that looks at the ring's position.
inline constexpr std::uint32_t kLooksForEachOfThePosition = 4096;

// Where a reader stands: enough to go on later, in another process, without losing or repeating
// what the ring still holds. Plain bytes, fit for a checkpoint.
struct ReaderPosition {
  std::uint64_t epoch = 0;  // of the file that the position belongs to
  std::uint64_t next = 0;   // the next ticket to look at
  std::uint32_t hole_count = 0;
  std::uint32_t reserved = 0;
  std::array<std::uint64_t, kMaxHoles> holes{};  // ascending
};

struct ReaderCounts {
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;  // tickets that were overwritten before they could be read: exact
  std::uint64_t corrupt =
      0;  // committed, but check or length did not hold (part of neither of the above)
  // Times that the ring's own position made no sense: then the reader starts anew at the oldest
  // record, forgets its holes, and may hand out again what it has handed out before.
  std::uint64_t implausible = 0;
};

class Reader {
 public:
  // Starts at the oldest record that the ring still holds, and counts nothing as lost for it.
  explicit Reader(const Segment& segment);

  // Goes on from `position`. Returns false, and starts at the oldest record, when it belongs to
  // another file or makes no sense. Records overwritten since are counted as lost at the next poll.
  bool resume(const ReaderPosition& position);

  // Hands up to `limit` records to on_record(const Record&), and returns how many. The record is
  // the reader's own copy, valid during the call; what lies behind its header.bytes means nothing.
  template <typename OnRecord>
  std::size_t poll(OnRecord&& on_record, std::size_t limit) {
    std::size_t count = 0;
    Record record;
    while (count < limit && take_next(record)) {
      on_record(static_cast<const Record&>(record));
      ++count;
    }
    return count;
  }

  // The same for one record and a reader that spins: false when there is none at present. Each look
  // at the ring's position takes it away from the writers, who would then wait longer for it than
  // for all else; so most calls that find nothing look at the next record's slot alone. What poll()
  // goes past at once (a record that was claimed and not written), this does within
  // kLooksForEachOfThePosition calls.
  bool take(Record& record);

  // Whether writers have claimed tickets that take() has not looked at; one load. Says nothing of
  // holes.
  bool has_more() const;

  // Blocks until a writer claims a ticket beyond `seen` or timeout_ns has passed, in the way that
  // layout.h describes; may return early without either. Records that wake nobody (Wake) end no
  // wait: whoever wants to see them in time looks now and then. Touches nothing of a reader:
  // another thread than take()'s may call it, with position().next as `seen`. A hole was claimed
  // before: its commit need not end the wait, so with holes open (position().hole_count) timeout_ns
  // should be short.
  static void wait(const Segment& segment, std::uint64_t seen, std::uint64_t timeout_ns);

  // Ends the waits of all readers of the segment, this process' and others'; one that is not asleep
  // in the kernel yet may go on for kWakeQuietMs, or sleep through it: whoever must be sure repeats
  // it.
  static void interrupt(const Segment& segment);

  ReaderPosition position() const { return position_; }
  const ReaderCounts& counts() const { return counts_; }

 private:
  enum class Taken : std::uint8_t { record, uncommitted, lapped, corrupt };

  bool take_next(Record& record);
  Taken copy_out(std::uint64_t ticket, Record& record) const;
  bool take_from_hole(Record& record);
  bool step_over(Taken taken);
  void note_hole(std::uint64_t ticket);
  void forget_hole(std::size_t index);
  void start_at_oldest();

  const Segment* segment_;
  ReaderPosition position_;
  ReaderCounts counts_;
  std::uint32_t looks_ = 0;  // of take() that found nothing
};

}  // namespace pppol2tp::ring
