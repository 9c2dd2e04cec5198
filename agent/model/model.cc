#include "agent/model/model.h"

#include <algorithm>

namespace pppol2tp::model {
namespace {

// Whether a record of this type changes only a session's statistics.
bool brings_statistics(ring::EventType type) {
  return type == ring::EventType::counters_read || type == ring::EventType::echo_measured;
}

bool has_same_interface(const ring::SessionIdentity& one, const ring::SessionIdentity& other) {
  return std::equal(std::begin(one.ifname), std::end(one.ifname), std::begin(other.ifname));
}

// Counters of a time before those that are known: a session that the kernel told of first is taken
// over by records that its plugin may have written long before. As a step back they would count as
// a new start from 0.
void keep_newer_counters(const ring::SessionState& before, ring::SessionState& now) {
  if (now.counters.read_ns < before.counters.read_ns) now.counters = before.counters;
}

// Once an end has been counted, later reports do not change it.
void keep_end(const ring::SessionState& before, ring::SessionState& now) {
  if (before.end.cause != ring::Cause::none) now.end = before.end;
}

}  // namespace

Model::Model(Limits limits, NameNetns name_netns)
    : limits_(limits), name_netns_(std::move(name_netns)) {}

void Model::begin_ring(std::uint64_t epoch, std::uint32_t session_slots) {
  if (epoch == ring_epoch_ && known_generations_.size() == session_slots) return;
  ring_epoch_ = epoch;
  known_generations_.assign(session_slots, 0);
  left_out_.assign(session_slots, 0);
  last_in_slot_.assign(session_slots, 0);
  // Slots of another file's table mean nothing in this one; the sessions report themselves again.
  for_each_living(
      [this](std::uint32_t index, const Session&) { sessions_.edit(index).has_slot = false; });
}

void Model::apply(const ring::Record& record) {
  const ring::RecordHeader& header = record.header;
  const Whose whose{header.identity, header.has_slot == 1, header.slot, header.generation};
  if (header.type == ring::EventType::ended && is_left_out(whose)) {
    left_out_[whose.slot] = 0;  // its start was not counted, so neither is its end
    return;
  }
  const auto index = find_or_start(whose, header.time_ns);
  if (!index) return;
  const bool is_statistics =
      brings_statistics(header.type) && header.identity == sessions_.at(*index).state.identity;
  Session& session = is_statistics ? sessions_.edit_statistics(*index) : sessions_.edit(*index);
  if (header.number <= session.state.records) return;
  if (const std::uint64_t missed = header.number - session.state.records - 1; missed != 0) {
    session.has_gap = true;
    // The earlier records of a session that was left out were read, but not applied.
    if (session.state.records != 0 || !is_late(whose)) {
      session.missed_records += missed;
      totals_.records_missed += missed;
    }
  }

  const ring::SessionState before = session.state;
  if (ring::apply_body(record, session.state)) {
    ++totals_.records_applied;
  } else {
    ++totals_.records_of_unknown_type;
  }
  keep_newer_counters(before, session.state);
  keep_end(before, session.state);
  if (!has_same_interface(before.identity, header.identity)) ++address_occasions_;
  session.state.identity = header.identity;
  session.state.records = header.number;
  session.state.updated_ns = header.time_ns;

  if (header.type == ring::EventType::counters_read) account_traffic(session, before.counters);
  if (header.type == ring::EventType::opened) describe_tunnel(session);
  account_progress(*index, before);
}

void Model::reconcile(std::uint32_t slot, const ring::SlotReading& reading,
                      const ring::SessionState& state) {
  if (!reading.has_state || state.records == 0) return;
  const Whose whose{state.identity, true, slot, reading.generation};
  if (is_left_out(whose) && reading.owner != ring::OwnerState::lives) return;  // likewise
  const auto index = find_or_start(whose, state.updated_ns);
  if (!index) return;
  Session& session = sessions_.edit(*index);
  const bool knows_more = state.records > session.state.records ||
                          (state.records == session.state.records && session.has_gap);
  if (!knows_more) return;
  const ring::SessionState before = session.state;
  session.state = state;
  keep_newer_counters(before, session.state);
  keep_end(before, session.state);
  session.has_gap = false;
  ++totals_.healed_from_table;
  ++address_occasions_;
  account_traffic(session, before.counters);
  describe_tunnel(session);
  account_progress(*index, before);
}

void Model::end_unannounced(std::uint32_t index, ring::Cause cause, std::uint64_t now_ns) {
  Session& session = sessions_.edit(index);
  session.state.end = {};
  session.state.end.ended_ns = now_ns;
  session.state.end.cause = cause;
  session.state.end.reached = session.state.phase.furthest;
  session.state.end.exit_status = kNoExitStatus;
  account_end(index);
}

const Session* Model::find(const SessionIds& ids) const {
  const auto found = by_ids_.find(ids);
  return found == by_ids_.end() ? nullptr : &sessions_.at(found->second);
}

// The common case: a session that is already known.
std::optional<std::uint32_t> Model::find_by_slot(const Whose& whose) const {
  if (!whose.has_slot || whose.slot >= last_in_slot_.size()) return std::nullopt;
  const std::uint32_t index = last_in_slot_[whose.slot];
  if (!sessions_.has(index)) return std::nullopt;
  const Session& session = sessions_.at(index);
  const auto& who = session.state.identity;
  const bool is_same = session.has_slot && session.slot == whose.slot &&
                       session.generation == whose.generation && !session.is_without_plugin &&
                       session.is_of(whose.identity) && who.netns == whose.identity.netns &&
                       who.tunnel_id == whose.identity.tunnel_id &&
                       who.session_id == whose.identity.session_id;
  return is_same ? std::optional(index) : std::nullopt;
}

void Model::take_slot(std::uint32_t index, const Whose& whose) {
  Session& session = sessions_.edit(index);
  session.has_slot = whose.has_slot;
  session.slot = whose.slot;
  session.generation = whose.generation;
  if (!whose.has_slot || whose.slot >= last_in_slot_.size()) return;
  last_in_slot_[whose.slot] = index;
  left_out_[whose.slot] = 0;
}

std::optional<std::uint32_t> Model::find_or_start(const Whose& whose, std::uint64_t time_ns) {
  if (const auto known = find_by_slot(whose)) return known;
  const SessionIds ids{whose.identity.netns, whose.identity.tunnel_id, whose.identity.session_id};
  if (const auto found = by_ids_.find(ids); found != by_ids_.end()) {
    const Session& present = sessions_.at(found->second);
    if (present.is_without_plugin && !present.has_ended() && !is_old_news(whose)) {
      adopt(found->second, whose);
      return found->second;
    }
    if (present.is_of(whose.identity)) {
      if (whose.has_slot && (!present.has_slot || present.slot != whose.slot ||
                             present.generation != whose.generation)) {
        note_generation(
            whose);  // the same session in another ring, or its slot was claimed by another process
        take_slot(found->second, whose);
      }
      return found->second;
    }
    if (present.state.identity.start_ticks > whose.identity.start_ticks || is_old_news(whose)) {
      ++totals_.records_stale;
      return std::nullopt;
    }
    supersede(found->second, time_ns);
  } else if (is_old_news(whose)) {
    ++totals_.records_stale;
    return std::nullopt;
  }

  // It has been counted as left out, and is tried again with each of its records.
  const bool was_left_out = is_left_out(whose);
  if (was_left_out && !has_room_for(ids)) return std::nullopt;
  if (was_left_out) late_slots_.push_back(whose.slot);
  note_generation(whose);
  const auto index = start(ids, whose.identity, time_ns);
  if (!index) {
    if (whose.has_slot && whose.slot < left_out_.size()) left_out_[whose.slot] = whose.generation;
    return std::nullopt;
  }
  take_slot(*index, whose);
  return index;
}

std::optional<std::uint32_t> Model::start(const SessionIds& ids,
                                          const ring::SessionIdentity& identity,
                                          std::uint64_t now_ns) {
  const auto tunnel = has_room() ? find_or_add_tunnel({ids.netns, ids.tunnel_id}) : std::nullopt;
  if (!tunnel) {
    ++totals_.sessions_left_out;
    return std::nullopt;
  }
  ++tunnels_.edit(*tunnel).sessions;
  ++tunnels_.edit(*tunnel).living_sessions;
  // Not earlier: the one that goes may be the last of the same tunnel.
  if (sessions_.size() >= limits_.sessions) give_up_oldest_departed(now_ns);
  const std::uint32_t index = sessions_.add();
  Session& session = sessions_.edit(index);
  session.state.identity = identity;
  session.tunnel = *tunnel;
  if (name_netns_) session.netns_name = name_netns_(ids.netns);
  by_ids_[ids] = index;
  ++totals_.starts;
  return index;
}

// The session was known from the kernel before its plugin reported it, so it has been counted
// already.
void Model::adopt(std::uint32_t index, const Whose& whose) {
  note_generation(whose);
  Session& session = sessions_.edit(index);
  session.is_without_plugin = false;
  session.state.identity = whose.identity;
  session.state.phase = {};
  take_slot(index, whose);
}

// Whether the slot's session has been counted already and has left the model.
bool Model::is_old_news(const Whose& whose) const {
  return whose.has_slot && whose.slot < known_generations_.size() &&
         whose.generation <= known_generations_[whose.slot] && !is_left_out(whose);
}

bool Model::is_left_out(const Whose& whose) const {
  return whose.has_slot && whose.slot < left_out_.size() && whose.generation != 0 &&
         whose.generation == left_out_[whose.slot];
}

bool Model::is_late(const Whose& whose) const {
  return whose.has_slot && !late_slots_.empty() && late_slots_.back() == whose.slot;
}

bool Model::has_room_for(const SessionIds& ids) {
  return has_room() &&
         (tunnels_.size() < limits_.tunnels || by_tunnel_ids_.contains({ids.netns, ids.tunnel_id}));
}

void Model::note_generation(const Whose& whose) {
  if (!whose.has_slot || whose.slot >= known_generations_.size()) return;
  std::uint32_t& known = known_generations_[whose.slot];
  if (whose.generation <= known) return;
  const std::uint32_t unseen = whose.generation - known - 1;
  totals_.starts += unseen;
  totals_.ends[static_cast<std::size_t>(ring::Cause::lost)] += unseen;
  known = whose.generation;
}

// A new session has the ids of one that is still in the model. Ids are unique among living
// sessions, so the old session has ended, and its series are removed.
void Model::supersede(std::uint32_t index, std::uint64_t time_ns) {
  if (!sessions_.at(index).has_ended()) end_unannounced(index, ring::Cause::lost, time_ns);
  remove_session(index, time_ns);
}

void Model::remove_session(std::uint32_t index, std::uint64_t now_ns) {
  const Session& session = sessions_.at(index);
  by_ids_.erase(session.ids());
  leave_tunnel(session.tunnel, now_ns);
  sessions_.remove(index);
}

std::optional<std::uint32_t> Model::find_or_add_tunnel(const TunnelIds& ids) {
  if (const auto found = by_tunnel_ids_.find(ids); found != by_tunnel_ids_.end()) {
    return found->second;
  }
  if (tunnels_.size() >= limits_.tunnels) {
    ++totals_.tunnels_left_out;
    return std::nullopt;
  }
  const std::uint32_t index = tunnels_.add();
  Tunnel& tunnel = tunnels_.edit(index);
  tunnel.ids = ids;
  if (name_netns_) tunnel.netns_name = name_netns_(ids.netns);
  by_tunnel_ids_[ids] = index;
  return index;
}

void Model::describe_tunnel(const Session& session) {
  Tunnel& tunnel = tunnels_.edit(session.tunnel);
  tunnel.peer_tunnel_id = session.state.identity.peer_tunnel_id;
  tunnel.peer_family = session.state.opened.peer_family;
  tunnel.peer_port = session.state.opened.peer_port;
  std::copy(std::begin(session.state.opened.peer_address),
            std::end(session.state.opened.peer_address), tunnel.peer_address.begin());
}

}  // namespace pppol2tp::model
