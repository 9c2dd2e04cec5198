// Reads records from the ring, one by one, in order for each session, and counts exactly what was
// missed. There may be any number of readers; writers notice none of them. Each maps the file
// read-only.
//
// Nothing in the file is trusted: positions and lengths are checked, and a record is copied out and
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

// Of so many calls of take() that find nothing, one looks at the ring's position.
inline constexpr std::uint32_t kLooksForEachOfThePosition = 4096;

// A reader's position: enough to go on later, in another process, without losing or repeating
// anything that the ring still holds. Plain bytes, fit for a checkpoint.
struct ReaderPosition {
  std::uint64_t epoch = 0;  // of the file that the position belongs to
  std::uint64_t next = 0;   // the next ticket to look at
  std::uint32_t hole_count = 0;
  std::uint32_t reserved = 0;
  std::array<std::uint64_t, kMaxHoles> holes{};  // ascending
};

struct ReaderCounts {
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;  // tickets overwritten before they could be read: exact
  std::uint64_t corrupt =
      0;  // committed, but its check or length did not hold (counted in neither of the above)
  // How often the ring's own position made no sense. The reader then starts again at the oldest
  // record, forgets its holes, and may deliver records a second time.
  std::uint64_t implausible = 0;
};

class Reader {
 public:
  // Starts at the oldest record that the ring still holds; older ones do not count as lost.
  explicit Reader(const Segment& segment);

  // Goes on from `position`. If that belongs to another file or makes no sense, returns false and
  // starts at the oldest record. Records overwritten since then are counted as lost at the next
  // poll.
  bool resume(const ReaderPosition& position);

  // Calls on_record(const Record&) for up to `limit` records, and returns how many. The record is
  // the reader's own copy, valid during the call; bytes behind its header.bytes mean nothing.
  template <typename OnRecord>
  std::size_t poll(OnRecord&& on_record, std::size_t limit) {
    std::size_t count = 0;
    Record record;
    while (count < limit) {
      if (position_.next >= fetch_at_) fetch_newest_first();
      if (!take_next(record)) break;
      on_record(static_cast<const Record&>(record));
      ++count;
    }
    return count;
  }

  // The same for one record and for a reader that spins: false if there is none at present. Each
  // look at the ring's position takes its cache line away from the writers, who would then wait
  // longer for it than for all else; so most calls that find nothing look only at the next record's
  // slot. A record that was claimed but not written is passed at once by poll(), and within
  // kLooksForEachOfThePosition calls by take().
  bool take(Record& record);

  // Whether writers have claimed tickets that the reader has not looked at; one load. Does not
  // consider holes.
  bool has_more() const;

  // Blocks until a writer claims a ticket beyond `seen` or timeout_ns has passed, as described in
  // layout.h; may return early without either. Records that wake nobody (Wake) do not end a wait: a
  // caller that wants them in time must look now and then. Uses no state of a Reader, so another
  // thread than take()'s may call it, with position().next as `seen`. The commit of a hole need not
  // end the wait, because its claim came before; so with open holes (position().hole_count)
  // timeout_ns should be short.
  static void wait(const Segment& segment, std::uint64_t seen, std::uint64_t timeout_ns);

  // Ends the waits of all readers of the segment, in this process and in others. A reader that does
  // not yet sleep in the kernel may go on for kWakeQuietMs, or miss the interruption and sleep: a
  // caller that must be sure repeats the call.
  static void interrupt(const Segment& segment);

  ReaderPosition position() const { return position_; }
  const ReaderCounts& counts() const { return counts_; }

 private:
  enum class Taken : std::uint8_t { record, uncommitted, lapped, corrupt };

  void fetch_newest_first();
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
  std::uint64_t fetch_at_ = 0;  // from this ticket on, poll() has to look what to fetch
  std::uint32_t looks_ = 0;     // calls of take() that found nothing
};

}  // namespace pppol2tp::ring
