#include "plugin/ring/session_table.h"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "plugin/ring/words.h"

namespace pppol2tp::ring {
namespace {

static_assert(sizeof(pthread_mutex_t) <= sizeof(SessionSlot::owner));
static_assert(sizeof(SessionState) % sizeof(std::uint64_t) == 0);

constexpr int kMaxReads = 16;

pthread_mutex_t* owner_of(SessionSlot& slot) {
  return reinterpret_cast<pthread_mutex_t*>(slot.owner);
}

bool lock(SessionSlot& slot) {
  switch (pthread_mutex_trylock(owner_of(slot))) {
    case 0:
      return true;
    case EOWNERDEAD:
      return pthread_mutex_consistent(owner_of(slot)) == 0;
    default:
      return false;  // another's, or its bytes make no sense: not ours
  }
}

// What precedes the first section changes with every write.
constexpr StateRange kHead = {0, offsetof(SessionState, opened)};

constexpr StateRange united(StateRange a, StateRange b) {
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

void store_range(std::byte* copy, const SessionState& state, StateRange range) {
  internal::store_words(copy + offsetof(StateCopy, state) + range.begin,
                        reinterpret_cast<const std::byte*>(&state) + range.begin,
                        (range.end - range.begin) / sizeof(std::uint64_t));
}

// Updates the copy that is not in use, which lacks `missing`.
void store(SessionSlot& slot, const SessionState& state, StateRange missing) {
  const std::uint32_t next = slot.version.load(std::memory_order_relaxed) + 1;
  std::atomic_thread_fence(std::memory_order_release);
  const std::uint64_t bytes = sizeof state;
  std::byte* const copy = slot.copies[next % 2];
  internal::store_words(copy + offsetof(StateCopy, bytes), &bytes, 1);
  store_range(copy, state, kHead);
  store_range(copy, state, missing);
  slot.version.store(next, std::memory_order_release);
}

// Sections that an older writer did not know may hold anything; they are taken as empty.
bool take(const StateCopy& copy, SessionState& state) {
  if (copy.bytes > kStateCopyBytes - sizeof copy.bytes) return false;
  const std::size_t known = std::min<std::size_t>(copy.bytes, sizeof state);
  state = {};
  std::memcpy(&state, &copy.state, known);
  return true;
}

bool load(const SessionSlot& slot, SessionState& state) {
  for (int i = 0; i < kMaxReads; ++i) {
    const std::uint32_t version = slot.version.load(std::memory_order_acquire);
    if (version == 0) return false;
    StateCopy copy;
    internal::load_words(slot.copies[version % 2], &copy, sizeof copy / sizeof(std::uint64_t));
    std::atomic_thread_fence(std::memory_order_acquire);
    if (slot.version.load(std::memory_order_relaxed) == version) return take(copy, state);
  }
  return false;
}

}  // namespace

bool SessionClaim::claim(Segment& segment) {
  const std::uint32_t slots = segment.geometry().session_slots;
  Control& control = segment.control();
  for (std::uint32_t tries = 0; tries < slots; ++tries) {
    const std::uint64_t turn = control.table_cursor.fetch_add(1, std::memory_order_relaxed);
    const auto index = static_cast<std::uint32_t>(turn % slots);
    SessionSlot& slot = segment.session_slot(index);
    if (!lock(slot)) continue;
    // Empty it before the generation changes, so that no reader takes the last user's state for
    // this one's.
    store(slot, SessionState{}, StateRange{});
    changed_ = {};
    has_written_ = false;
    generation_ = slot.generation.load(std::memory_order_relaxed) + 1;
    slot.generation.store(generation_, std::memory_order_release);
    slot_ = index;
    segment_ = &segment;
    return true;
  }
  control.table_full.fetch_add(1, std::memory_order_relaxed);
  return false;
}

void SessionClaim::write(const SessionState& state, StateRange changed) {
  if (!is_held()) return;
  if (!has_written_) changed = {};  // neither copy has any of it yet
  has_written_ = true;
  store(segment_->session_slot(slot_), state, united(changed, changed_));
  changed_ = changed;
}

void SessionClaim::release() {
  if (!is_held()) return;
  // Fails and changes nothing if we are not the owner.
  pthread_mutex_unlock(owner_of(segment_->session_slot(slot_)));
  segment_ = nullptr;
}

OwnerState owner_state(const Segment& segment, std::uint32_t slot) {
  auto* const word = reinterpret_cast<std::uint32_t*>(segment.session_slot(slot).owner);
  const std::uint32_t owner = std::atomic_ref(*word).load(std::memory_order_acquire);
  if ((owner & kOwnerDied) != 0) return OwnerState::died;
  return (owner & kOwnerTidMask) != 0 ? OwnerState::lives : OwnerState::none;
}

SlotReading read_session(const Segment& segment, std::uint32_t slot, SessionState& state) {
  const SessionSlot& place = segment.session_slot(slot);
  SlotReading reading;
  for (int i = 0; i < kMaxReads; ++i) {
    reading.generation = place.generation.load(std::memory_order_acquire);
    reading.has_state = load(place, state) && state.records != 0;
    reading.owner = owner_state(segment, slot);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (place.generation.load(std::memory_order_relaxed) == reading.generation) return reading;
  }
  reading.has_state = false;  // its owner changes faster than it can be read
  return reading;
}

}  // namespace pppol2tp::ring
