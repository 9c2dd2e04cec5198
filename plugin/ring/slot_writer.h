// How a writer puts one record into one slot: from `own` to `commit` in layout.h's terms.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "plugin/ring/segment.h"
#include "plugin/ring/words.h"

namespace pppol2tp::ring::internal {

enum class SlotWrite : std::uint8_t {
  committed,
  overtaken,    // a newer ticket has the slot, or soon will
  interrupted,  // too many times before the commit; nothing was committed
  unavailable,  // this way of writing is not possible here; nothing was done
};

// A ticket, its slot, and how to see that it is too late to mark the slot.
struct ClaimedSlot {
  RecordSlot& slot;
  std::uint64_t ticket;
  const std::atomic<std::uint64_t>& next_ticket;
  std::uint64_t last_next;  // too late once next_ticket is beyond this

  ClaimedSlot(const Segment& segment, std::uint64_t claimed)
      : slot(segment.record_slot(claimed)),
        ticket(claimed),
        next_ticket(segment.control().next_ticket),
        last_next(claimed + segment.geometry().record_slots / 2) {}
};

// Finds out, once per process, how to write a slot restartably. Called when a segment is mapped for
// writing: asking the dynamic linker takes fifty times as long as the first record's publish.
void prepare_slot_writer();

// In one restartable sequence, tried again a few times if it is interrupted. Its source file
// depends on the target machine: see CMakeLists.txt.
SlotWrite write_slot_restartably(const ClaimedSlot& claimed, std::uint64_t check,
                                 const Record& record, std::size_t words);

// For every machine. A writer that stops between two stores while the ring goes once around may mix
// its words into a newer record. It then fails to commit, and the check of the newer record is
// wrong.
inline SlotWrite write_slot_portably(RecordSlot& slot, std::uint64_t ticket, std::uint64_t check,
                                     const Record& record, std::size_t words) {
  const std::uint64_t odd = 2 * ticket + 1;
  std::uint64_t seen = slot.sequence.load(std::memory_order_relaxed);
  // Release: whoever sees the mark sees the claim that came before it.
  do {
    if (seen >= odd) return SlotWrite::overtaken;
  } while (!slot.sequence.compare_exchange_weak(seen, odd, std::memory_order_acq_rel,
                                                std::memory_order_relaxed));
  std::atomic_thread_fence(std::memory_order_release);  // [b]
  store_words(&slot.check, &check, 1);
  store_words(&slot.record, &record, words);
  std::uint64_t mine = odd;
  const bool committed = slot.sequence.compare_exchange_strong(
      mine, odd + 1, std::memory_order_release, std::memory_order_relaxed);  // [c]
  return committed ? SlotWrite::committed : SlotWrite::overtaken;
}

}  // namespace pppol2tp::ring::internal
