// The bytes of the shared file, and who may touch which of them in which order.
//
//   offset 0          Info          written once by the creator, `magic` last; `retired` may change
//   offset 4096       Control       written by all writers, with atomic operations
//   records_offset    RecordSlot[]  the ring: what happened. Broadcast, the oldest is overwritten.
//   sessions_offset   SessionSlot[] the session table: what is. One slot for each live session.
//   file_bytes        a multiple of 2 MiB, all of it allocated (posix_fallocate): no store can ever
//                     meet a full file system (SIGBUS)
//
// Writers are pppds that run as root; each maps the file for reading and writing. Readers map it
// read-only, so a reader that has been taken over cannot reach a writer. Nobody waits for anybody.
//
// The ring, one record. A writer with ticket t uses slot t mod N:
//
//   claim    t = next_ticket.fetch_add(1)                                   [a]
//   own      too late? take a new ticket. In a restartable sequence: next_ticket > t + N/2;
//            elsewhere: slot.sequence > 2t, a newer writer has it
//   mark     slot.sequence = 2t+1 (odd: being written); release fence       [b]
//   copy     slot.check, slot.record
//   commit   slot.sequence = 2t+2, release                                  [c]
//
// From `own` to `commit` is one restartable sequence (rseq) where the C library offers it: a writer
// that was descheduled, stopped or migrated in between starts again at `own`. There it gives up
// once half the ring has been claimed after its ticket, whether or not the slot's next writer has
// reached its `mark`. So a writer that stores has not been away since `own`, and the slot's next
// ticket is half a ring of claims ahead of it: thousands of claims, against some forty
// instructions. One case is left: a hypervisor stops the processor just there, which the kernel
// does not see, for as long as all others need for that half. Then two writers store into the slot.
// Where there is no restartable sequence, the same can happen between any two stores, when a writer
// was stopped for a whole lap; there the slot is owned and committed by compare-and-swap. In both
// cases the check detects the mixture, and the record is counted as corrupt or lost.
//
// A reader that expects ticket t:
//
//   s = slot.sequence, acquire                                              pairs with [c]
//   s <  2t+2 and t < next_ticket: claimed, not committed. A hole: remembered, looked at again
//             before each later record (so the records of one session stay in order), lost when
//             lapped.
//   s >  2t+2: lapped; the difference of tickets is the exact loss
//   s == 2t+2: copy check and record; acquire fence; read sequence again    pairs with [b]
//             changed: torn by a lap, lost. Unchanged: the check, keyed with t, must hold.
//
// [a] is sequentially consistent because the wake-up below depends on it.
//
// Waking a sleeping reader. A reader sleeps in FUTEX_WAIT on wake_token. That works through a
// read-only mapping, so readers need not write anything. The token is a time of the coarse clock,
// in even milliseconds, and writers renew it once a period. It is one less ("owing") as long as the
// writer that renewed it may owe somebody a FUTEX_WAKE. A reader:
//
//   token = wake_token, then now = coarse clock (a few nanoseconds, no system call)
//   next_ticket is not where it has read to?  it reads
//   now - token < kWakeQuietMs?               records come: it looks again later, by its own clock
//   else                                      FUTEX_WAIT(wake_token, token)
//
// A writer, after its commit, unless the record can wait (Wake, writer.h):
//
//   renew    token = wake_token, then now = coarse clock; not a period later: done
//            compare-and-swap(token -> now, owing); another was faster: renew again
//   settle   later = coarse clock, once more [d]; token was owing, or
//            later - token >= kWakeQuietMs - 1?  FUTEX_WAKE
//            compare-and-swap(now, owing -> now)
//
// So under a steady load the token moves on, readers look by their own clocks, and no writer enters
// the kernel. Only the first writer after a pause does, and no other in the same period.
//
// A reader that may sleep on a token when it is swapped is woken, or finds another word and does
// not sleep: if [d] is earlier than the time from which a reader may sleep on that token, then so
// was the swap, which comes before [d]; and a reader looks at the clock before it sleeps. (It would
// not be enough if the writer looked at the clock before its swap: while it was away in between,
// somebody may have gone to sleep.)
//
// No record is slept through: a writer whose claim [a] came after the reader's look at next_ticket
// reads a clock no earlier than the reader's. If the token that it finds has the time that the
// reader saw, then that time is kWakeQuietMs ago (less one: the token may have been owing then, and
// settled since); so the writer swaps it, and wakes. If it finds another token, the reader's token
// has been swapped: see above.
//
// A writer that is killed or stopped between its swap and the end of `settle` leaves an owing
// token. The writer that renews it, a period later, wakes in its place. Nothing is delayed by more
// than that.
//
// The session table, one slot. A writer takes the next slot of `table_cursor` whose `owner` it can
// lock, and keeps it locked for life: `owner` is a robust, process-shared mutex, and the kernel
// marks its first 32 bits (FUTEX_OWNER_DIED) when its owner dies, in whatever way. The state is
// kept twice: the writer fills copy (version+1) mod 2 and then stores version+1 with release, so a
// writer that dies in the middle leaves the older copy whole. A reader takes copy version mod 2,
// then an acquire fence, and reads version again: if it changed, the writer may have begun to fill
// that copy anew, and the reader tries again. (A release fence at the beginning of each write keeps
// the stores that follow it behind the version that came before.)
//
// Each copy has the same place for all versions of writers, and says how many bytes of state it
// has. A reader that knows more sections takes the missing ones as empty; one that knows fewer
// ignores the rest.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "plugin/ring/events.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp::ring {

inline constexpr std::uint64_t kMagic =
    0x31706C7032747071;  // stored last, when all else is in place
// A file of another major has another format, or another check (checksum.h).
inline constexpr std::uint16_t kLayoutMajor = 1;
inline constexpr std::uint16_t kLayoutMinor = 0;
inline constexpr std::size_t kControlOffset = 4096;
inline constexpr std::size_t kRecordsOffset = 8192;
inline constexpr std::size_t kHugePageBytes = 2u << 20;
inline constexpr std::uint32_t kWakePeriodMs = 10;
inline constexpr std::uint32_t kWakeQuietMs =
    30;  // period, and two ticks of the coarsest coarse clock

inline constexpr std::uint32_t kMaxRecordSlots = 1u << 24;
inline constexpr std::uint32_t kMaxSessionSlots = 1u << 20;

// How many of each; powers of two.
struct Geometry {
  std::uint32_t record_slots;
  std::uint32_t session_slots;

  friend bool operator==(const Geometry&, const Geometry&) = default;
};

// The number of records that a session's end takes: up to six phases on the way down, IPv4 and IPv6
// down, the last counters and echos, and the end itself.
inline constexpr std::uint32_t kRecordsOfAnEnd = 11;

// The creator's defaults; the large one is for hosts with room for so many pppds. Each has a
// session table for all of them, and a ring that holds, while no agent reads it, what they publish
// when they all end at once: 20,000 on a large host, 2,900 on a small one.
inline constexpr Geometry kSmallGeometry{32768, 4096};    // 18 MiB
inline constexpr Geometry kLargeGeometry{262144, 32768};  // 130 MiB
static_assert(kSmallGeometry.record_slots >= 2'900 * kRecordsOfAnEnd);
static_assert(kLargeGeometry.record_slots >= 20'000 * kRecordsOfAnEnd);
inline constexpr std::uint64_t kLargeGeometryMemoryBytes = 8ull << 30;

struct Info {
  std::atomic<std::uint64_t> magic;
  std::uint16_t layout_major;
  std::uint16_t layout_minor;
  std::uint32_t record_stride;  // bytes from slot to slot
  std::uint32_t session_stride;
  std::uint32_t record_slots;
  std::uint32_t session_slots;
  std::uint32_t
      in_huge_pages;  // 1: the creator got 2 MiB pages, so mapping all of it at once is cheap
  std::uint64_t records_offset;
  std::uint64_t sessions_offset;
  std::uint64_t file_bytes;
  std::uint64_t epoch;  // random: tells this file from an earlier one of the same name
  std::atomic<std::uint32_t>
      retired;  // 1: replaced by another file of this name; writers attach anew
};
static_assert(sizeof(Info) <= kControlOffset);

struct Control {
  alignas(128) std::atomic<std::uint64_t> next_ticket;
  // CLOCK_MONOTONIC_COARSE, ms, the low 32 bits: even; the odd number before it where owing.
  alignas(128) std::atomic<std::uint32_t> wake_token;
  alignas(128) std::atomic<std::uint64_t> table_cursor;
  std::atomic<std::uint64_t> records_dropped;    // given up after too many lost races
  std::atomic<std::uint64_t> tickets_abandoned;  // claimed, overtaken, and claimed anew
  std::atomic<std::uint64_t> table_full;         // sessions that found no slot
};
static_assert(kControlOffset + sizeof(Control) <= kRecordsOffset);

struct RecordSlot {
  std::atomic<std::uint64_t> sequence;  // 0 never used, 2t+1 being written, 2t+2 committed
  std::uint64_t check;                  // over the record, keyed with the ticket
  Record record;
};
static_assert(sizeof(RecordSlot) == 256);

// Room for a copy of the state, including future sections. Part of the format, like the stride.
inline constexpr std::size_t kStateCopyBytes = 960;
inline constexpr std::size_t kSessionStride = 2048;

struct StateCopy {
  std::uint64_t bytes;  // bytes of `state` that its writer knows
  SessionState state;
};
static_assert(sizeof(StateCopy) <= kStateCopyBytes, "it is time for a new major of the layout");

struct SessionSlot {
  alignas(64) std::byte owner[64];        // pthread_mutex_t: robust, process-shared
  std::atomic<std::uint32_t> version;     // number of writes; its parity names the valid copy
  std::atomic<std::uint32_t> generation;  // number of sessions that have had this slot
  std::byte reserved[56];
  alignas(64) std::byte copies[2][kStateCopyBytes];  // each begins with a StateCopy
};
static_assert(sizeof(SessionSlot) == kSessionStride);

// Bits of the robust mutex' first word: <linux/futex.h>,
// Documentation/locking/robust-futex-ABI.rst.
inline constexpr std::uint32_t kOwnerDied = 0x40000000;
inline constexpr std::uint32_t kOwnerTidMask = 0x3fffffff;

}  // namespace pppol2tp::ring
