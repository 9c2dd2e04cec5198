// Builds records and states of a session as its plugin would publish them.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "plugin/ring/events.h"
#include "plugin/ring/session_table.h"

namespace pppol2tp::test {

inline constexpr std::uint64_t kSecond = 1'000'000'000;

template <std::size_t N>
void set_text(char (&field)[N], std::string_view text) {
  std::memset(field, 0, N);
  std::memcpy(field, text.data(), std::min(text.size(), N - 1));
}

// One session as a publisher: keeps its state and numbers its records, as Publisher does.
class SessionScript {
 public:
  explicit SessionScript(std::uint32_t tunnel_id, std::uint32_t session_id,
                         std::uint32_t instance = 1) {
    state_.identity.tunnel_id = tunnel_id;
    state_.identity.session_id = session_id;
    state_.identity.instance = instance;
    state_.identity.pid = 1000 + instance;
    state_.identity.start_ticks = 100 + instance;
    state_.identity.netns = 4026531840;
    state_.identity.peer_tunnel_id = tunnel_id + 1000;
    state_.identity.peer_session_id = session_id + 1000;
    set_text(state_.identity.ifname, "ppp" + std::to_string(session_id));
  }

  SessionScript& in_slot(std::uint32_t slot, std::uint32_t generation) {
    has_slot_ = true;
    slot_ = slot;
    generation_ = generation;
    return *this;
  }
  SessionScript& at(std::uint64_t time_ns) {
    time_ns_ = time_ns;
    return *this;
  }

  ring::Record opened(ring::Role role = ring::Role::lns) {
    state_.opened.opened_ns = time_ns_;
    state_.opened.role = role;
    state_.opened.peer_family = ring::Family::ipv4;
    state_.opened.peer_port = 1701;
    const std::uint8_t peer[4] = {10, 99, 0, 2};
    std::memcpy(state_.opened.peer_address, peer, sizeof peer);
    return record(ring::EventType::opened, state_.opened);
  }
  ring::Record phase(ring::Phase phase, ring::Direction direction = ring::Direction::up) {
    state_.phase.previous = state_.phase.current;
    state_.phase.current = phase;
    state_.phase.direction = direction;
    state_.phase.entered_ns = time_ns_;
    if (direction == ring::Direction::up) reach(phase);
    return record(ring::EventType::phase_changed, state_.phase);
  }
  ring::Record counters(std::uint64_t receive_bytes, std::uint64_t transmit_bytes) {
    state_.counters.read_ns = time_ns_;
    state_.counters.receive_bytes = receive_bytes;
    state_.counters.transmit_bytes = transmit_bytes;
    state_.counters.receive_packets = receive_bytes / 100;
    state_.counters.transmit_packets = transmit_bytes / 100;
    return record(ring::EventType::counters_read, state_.counters);
  }
  ring::Record ended(ring::Cause cause) {
    state_.end.ended_ns = time_ns_;
    state_.end.cause = cause;
    state_.end.reached = state_.phase.furthest;
    return record(ring::EventType::ended, state_.end);
  }

  ring::SessionState& state() { return state_; }

  template <typename Section>
  ring::Record record(ring::EventType type, const Section& section) {
    ring::Record record{};
    ring::set_body(record, type, section);
    record.header.number = ++state_.records;
    record.header.time_ns = state_.updated_ns = time_ns_;
    record.header.identity = state_.identity;
    record.header.has_slot = has_slot_ ? 1 : 0;
    record.header.slot = slot_;
    record.header.generation = generation_;
    return record;
  }

 private:
  void reach(ring::Phase phase) {
    if (phase > state_.phase.furthest) state_.phase.furthest = phase;
    const auto note = [this](std::uint64_t& first) {
      if (first == 0) first = time_ns_;
    };
    if (phase == ring::Phase::establish) note(state_.phase.establish_ns);
    if (phase == ring::Phase::authenticate) note(state_.phase.authenticate_ns);
    if (phase == ring::Phase::network) note(state_.phase.network_ns);
    if (phase == ring::Phase::running) note(state_.phase.running_ns);
  }

  ring::SessionState state_{};
  std::uint64_t time_ns_ = kSecond;
  bool has_slot_ = false;
  std::uint32_t slot_ = 0;
  std::uint32_t generation_ = 0;
};

}  // namespace pppol2tp::test
