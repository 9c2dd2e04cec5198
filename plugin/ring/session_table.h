// The session table: what is. A session claims a slot for its life and keeps its state in it; a
// reader sees the newest whole state and, from a word that the kernel itself marks, whether its
// owner lives.
#pragma once

#include <cstddef>
#include <cstdint>

#include "plugin/ring/segment.h"

namespace pppol2tp::ring {

// Bytes of a SessionState, from `begin` to before `end`; multiples of eight.
struct StateRange {
  std::size_t begin = 0;
  std::size_t end = sizeof(SessionState);
};

// The writer's end: one session's slot. One thread; belongs to the process that claimed it (after a
// fork the child must claim anew: a robust mutex is its parent's).
class SessionClaim {
 public:
  // Takes a free slot of `segment`, which must be open for writing and outlive the claim. Slots of
  // sessions that ended are taken in turn, so that a reader has long to look at them. False: the
  // table is full of living sessions; counted in Control::table_full.
  bool claim(Segment& segment);

  bool is_held() const { return segment_ != nullptr; }
  std::uint32_t slot() const { return slot_; }
  std::uint32_t generation() const { return generation_; }

  // Makes `state` what readers see. Since the last time (if there was one) nothing of it has
  // changed but `changed`, and what stands before its first section. No system call, no waiting.
  void write(const SessionState& state, StateRange changed = {});

  // Gives the slot back; its last state stays readable until it is taken again. Does nothing to a
  // slot that another process claimed. To be called before the segment is closed: the C library
  // keeps a list of the thread's robust mutexes that runs through them.
  void release();

  // Forgets the claim without touching shared memory: for a child of fork, before it claims anew.
  void forget() { segment_ = nullptr; }

 private:
  Segment* segment_ = nullptr;
  bool has_written_ = false;
  StateRange changed_;  // the last time: what one of the two copies has not got yet
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
  bool has_state = false;  // a whole state was read, of a session that has published (records > 0)
};

// One load: cheap enough for a sweep over all living sessions every second.
OwnerState owner_state(const Segment& segment, std::uint32_t slot);

// Copies the slot's newest state to `state`, which means nothing unless the reading has_state.
// Retries a bounded number of times under a busy writer.
SlotReading read_session(const Segment& segment, std::uint32_t slot, SessionState& state);

}  // namespace pppol2tp::ring
