#include "agent/collectors/liveness.h"

#include "agent/collectors/process_table.h"
#include "plugin/ring/session_table.h"

namespace pppol2tp::collectors {
namespace {

// The ring in whose table the session has a slot, or null.
const ring::Segment* table_of(const RingTail& tail, const model::Model& model,
                              const model::Session& session) {
  const ring::Segment* const segment = tail.segment().get();
  const bool has_place = session.has_slot && segment != nullptr &&
                         segment->epoch() == model.ring_epoch() &&
                         session.slot < segment->geometry().session_slots;
  return has_place ? segment : nullptr;
}

ProcessLook look_for_process_of(const model::Session& session) {
  const auto& who = session.state.identity;
  return look_for_process(who.pid, who.start_ticks);
}

// False only if the process is known to be gone.
bool may_have_process(const model::Session& session) {
  return look_for_process_of(session) != ProcessLook::not_there;
}

std::uint32_t generation_of(const ring::Segment& table, std::uint32_t slot) {
  return table.session_slot(slot).generation.load(std::memory_order_acquire);
}

}  // namespace

Result<void> Liveness::collect(model::Model& model, std::uint64_t now_ns) {
  std::vector<std::uint32_t> unknown;
  std::vector<std::uint32_t> gone;
  model.for_each_living([&](std::uint32_t index, const model::Session& session) {
    if (session.process == model::ProcessView::unknown) unknown.push_back(index);
    if (!lives(model, session)) gone.push_back(index);
  });
  for (const std::uint32_t index : unknown) {
    const ProcessLook look = look_for_process_of(model.session(index));
    if (look == ProcessLook::cannot_tell) continue;  // tried again at the next run
    model.note_process(index, look == ProcessLook::there ? model::ProcessView::visible
                                                         : model::ProcessView::invisible);
  }
  if (gone.empty()) return {};
  // A pppd that is gone may have reported its end after the tail's latest look.
  tail_.drain(model);
  for (const std::uint32_t index : gone) {
    if (!model.has(index)) continue;  // it reported its end, and has given way to another already
    // By now the slot may belong to another session, or to none; then no process owns it.
    const model::Session& session = model.session(index);
    if (!session.has_ended() && !lives(model, session)) settle(model, index, now_ns);
  }
  return {};
}

bool Liveness::lives(const model::Model& model, const model::Session& session) const {
  if (const ring::Segment* const table = table_of(tail_, model, session)) {
    const bool is_its_own = generation_of(*table, session.slot) == session.generation;
    const bool has_owner = ring::owner_state(*table, session.slot) == ring::OwnerState::lives;
    // A pppd that detaches passes its session to a child: the slot's owner dies, but the session
    // does not.
    return (is_its_own && has_owner) || may_have_process(session);
  }
  return session.process != model::ProcessView::visible || may_have_process(session);
}

void Liveness::settle(model::Model& model, std::uint32_t index, std::uint64_t now_ns) const {
  const model::Session& session = model.session(index);
  ring::Cause cause = ring::Cause::killed;
  if (const ring::Segment* const table = table_of(tail_, model, session)) {
    // Copies, because reconcile() moves the session to another page if a snapshot shares this one.
    const std::uint32_t slot = session.slot;
    const std::uint32_t generation = session.generation;
    ring::SessionState state;
    const ring::SlotReading reading = ring::read_session(*table, slot, state);
    if (reading.generation == generation && reading.has_state) {
      model.reconcile(slot, reading, state);
    }
    // If the slot was released, or is used by another session, there was a report of the end, and
    // it was missed.
    const bool died = reading.owner == ring::OwnerState::died;
    if (!died || reading.generation != generation) cause = ring::Cause::lost;
  }
  if (!model.session(index).has_ended()) model.end_unannounced(index, cause, now_ns);
}

}  // namespace pppol2tp::collectors
