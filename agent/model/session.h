// What the agent knows about a session, a tunnel, and the host as a whole. Plain data; model.h has
// the code that changes it.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>

#include "agent/model/histogram.h"
#include "agent/model/kernel_facts.h"
#include "agent/model/peers.h"
#include "agent/model/setup.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp::model {

// Identifies a session in the kernel and in metric labels. Ids are used again after a session's
// end.
struct SessionIds {
  std::uint64_t netns = 0;
  std::uint32_t tunnel_id = 0;
  std::uint32_t session_id = 0;

  friend auto operator<=>(const SessionIds&, const SessionIds&) = default;
};

struct TunnelIds {
  std::uint64_t netns = 0;
  std::uint32_t tunnel_id = 0;

  friend auto operator<=>(const TunnelIds&, const TunnelIds&) = default;
};

// Name of a network namespace, as in the label `netns`; empty for the agent's own.
using NetnsName = std::array<char, 32>;

// Used as the exit status when nobody saw pppd exit.
inline constexpr std::int32_t kNoExitStatus = -1;

// Whether the agent's process table can show the session's process. It cannot show a pppd in
// another pid namespace; then its absence there means nothing.
enum class ProcessView : std::uint8_t { unknown, visible, invisible };

// The statistics, which change all the time, are state.counters and state.echo, and the accounts of
// the records: state.records, state.updated_ns, has_gap, missed_records.
struct Session {
  ring::SessionState state{};
  NetnsName netns_name{};
  std::uint32_t tunnel = 0;  // index into the model's tunnels
  std::uint32_t slot = 0;    // place in the ring's session table, if has_slot
  std::uint32_t generation = 0;
  bool has_slot = false;
  ProcessView process = ProcessView::unknown;
  bool has_gap = false;  // records are missing, and the session table has not replaced them yet
  std::uint64_t missed_records = 0;
  bool is_without_plugin = false;  // only the kernel knows it: no plugin has reported it
  KernelView kernel = KernelView::unknown;
  std::uint64_t kernel_since_ns = 0;  // since when `kernel` has its value

  bool has_ended() const { return state.end.cause != ring::Cause::none; }

  // The link can be used: its phase is running, and the kernel has not said that the session is
  // gone. pppd notices the latter only by LCP echoes, if at all.
  bool is_up() const {
    return !has_ended() && state.phase.current == ring::Phase::running &&
           state.phase.direction == ring::Direction::up && kernel != KernelView::absent;
  }

  SessionIds ids() const {
    return {state.identity.netns, state.identity.tunnel_id, state.identity.session_id};
  }

  // Whether `who`, which has the same ids, is this session, and not an earlier or later one.
  bool is_of(const ring::SessionIdentity& who) const {
    return state.identity.instance == who.instance;
  }
};

// The kernel's counters, summed over sessions, including sessions that have ended.
struct Traffic {
  std::uint64_t transmit_packets = 0;
  std::uint64_t transmit_bytes = 0;
  std::uint64_t transmit_errors = 0;
  std::uint64_t receive_packets = 0;
  std::uint64_t receive_bytes = 0;
  std::uint64_t receive_sequence_discards = 0;
  std::uint64_t receive_out_of_sequence = 0;
  std::uint64_t receive_errors = 0;

  // Adds the growth from `before` to `now`. A counter that went back has started again from 0.
  void add_growth(const ring::CountersSection& before, const ring::CountersSection& now);
};

struct Tunnel {
  TunnelIds ids;
  NetnsName netns_name{};
  std::uint32_t peer_tunnel_id = 0;
  ring::Family peer_family = ring::Family::none;
  std::uint16_t peer_port = 0;
  std::array<std::uint8_t, 16> peer_address{};
  std::uint32_t sessions = 0;  // in the model, including ended ones
  std::uint32_t living_sessions = 0;
  std::uint64_t empty_since_ns = 0;  // since when the model has no session of it
  Traffic traffic;
  KernelView kernel = KernelView::unknown;
  std::uint32_t ethernet_sessions = 0;  // L2TPv3 sessions that carry Ethernet instead of PPP
  std::uint64_t receive_cookie_discards = 0;
  std::uint64_t receive_invalid = 0;

  // If the kernel is not asked, a tunnel counts as up while a session of it lives.
  bool is_up() const {
    return kernel == KernelView::unknown ? living_sessions != 0 : kernel == KernelView::present;
  }
};

// Counts since the ring was made, as far as the ring and the agent's checkpoint go back. Part of
// the checkpoint's format: only append.
struct Totals {
  std::uint64_t starts = 0;
  std::array<std::uint64_t, 32> ends{};  // by Cause
  Traffic traffic;
  std::uint64_t sessions_left_out = 0;  // beyond the limit on sessions
  std::uint64_t records_applied = 0;
  std::uint64_t records_missed = 0;  // gaps in sessions' sequence numbers
  std::uint64_t records_of_unknown_type = 0;
  std::uint64_t records_stale = 0;      // of sessions that have already ended
  std::uint64_t healed_from_table = 0;  // states taken from the session table
  SetupTotals setup;
  Histogram echo_rtt;
  AttemptTotals attempts;
  std::uint64_t tunnels_left_out = 0;   // how often the limit refused a tunnel
  std::uint64_t sessions_given_up = 0;  // ended ones, removed early to make room
};
static_assert(ring::kCauseCount <= 32);

}  // namespace pppol2tp::model

template <>
struct std::hash<pppol2tp::model::SessionIds> {
  std::size_t operator()(const pppol2tp::model::SessionIds& ids) const noexcept {
    const std::uint64_t both = std::uint64_t{ids.tunnel_id} << 32 | ids.session_id;
    return std::hash<std::uint64_t>{}((both ^ ids.netns * 0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93);
  }
};

template <>
struct std::hash<pppol2tp::model::TunnelIds> {
  std::size_t operator()(const pppol2tp::model::TunnelIds& ids) const noexcept {
    return std::hash<std::uint64_t>{}((ids.tunnel_id ^ ids.netns * 0x9E3779B97F4A7C15) *
                                      0xD6E8FEB86659FD93);
  }
};
