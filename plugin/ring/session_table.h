// The session table: what is. A session claims a slot for its life and keeps its state in it. A
// reader sees the newest whole state, and whether the owner lives, from a word that the kernel
// itself marks.
#pragma once

#include <cstddef>
#include <cstdint>

#include "plugin/ring/segment.h"

namespace pppol2tp::ring {

// A range of bytes of a SessionState: `end` is exclusive, both are multiples of eight.
struct StateRange {
  std::size_t begin = 0;
  std::size_t end = sizeof(SessionState);
};

// The writer's side: one session's slot. One thread; belongs to the process that claimed it (after
// a fork the child must claim anew: a robust mutex belongs to the parent).
class SessionClaim {
 public:
  // Takes a free slot of `segment`, which must be open for writing and outlive the claim. Slots of
  // ended sessions are taken in turn, so that readers have long to look at them. False: the table
  // is full of live sessions; counted in Control::table_full.
  bool claim(Segment& segment);

  bool is_held() const { return segment_ != nullptr; }
  std::uint32_t slot() const { return slot_; }
  std::uint32_t generation() const { return generation_; }

  // Makes `state` visible to readers. Since the last call, if any, only `changed` and what precedes
  // the first section may have changed. No system call, no waiting.
  void write(const SessionState& state, StateRange changed = {});

  // Gives the slot back; its last state stays readable until it is taken again. Does nothing to a
  // slot that another process claimed. Call this before the segment is closed: the C library keeps
  // a list of the thread's robust mutexes that runs through them.
  void release();

  // Forgets the claim without touching shared memory; for a child of fork, before it claims anew.
  void forget() { segment_ = nullptr; }

 private:
  Segment* segment_ = nullptr;
  bool has_written_ = false;
  StateRange changed_;  // by the last write: one of the two copies does not have it yet
  std::uint32_t slot_ = 0;
  std::uint32_t generation_ = 0;
};

enum class OwnerState : std::uint8_t {
  none,  // never used, or given back
  lives,
  died,  // without giving it back: killed, crashed, or ended while the slot was held
};

struct SlotReading {
  OwnerState owner = OwnerState::none;
  std::uint32_t generation = 0;  // 0: never used
  bool has_state = false;        // a whole state of a session that has published (records > 0)
};

// One load: cheap enough for a sweep over all living sessions every second.
OwnerState owner_state(const Segment& segment, std::uint32_t slot);

// Copies the slot's newest state to `state`, which is meaningless unless has_state. Retries a
// bounded number of times if the writer is busy.
SlotReading read_session(const Segment& segment, std::uint32_t slot, SessionState& state);

}  // namespace pppol2tp::ring
