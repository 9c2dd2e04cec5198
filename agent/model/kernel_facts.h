// What the kernel says about its L2TP tunnels and sessions: plain data from the collector to the
// model.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "plugin/ring/session_state.h"

namespace pppol2tp::model {

// Whether the kernel has something; unknown until it has been asked.
enum class KernelView : std::uint8_t { unknown, present, absent };

struct KernelTunnel {
  std::uint32_t tunnel_id = 0;
  std::uint32_t peer_tunnel_id = 0;
  ring::Family peer_family = ring::Family::none;
  std::uint16_t peer_port = 0;
  std::array<std::uint8_t, 16> peer_address{};
  // Packets that no session's counters include. Kernels before 5.10 and 5.12 do not count them.
  std::uint64_t receive_cookie_discards = 0;
  std::uint64_t receive_invalid = 0;
};

struct KernelSession {
  std::uint32_t tunnel_id = 0;
  std::uint32_t session_id = 0;
  std::uint32_t peer_tunnel_id = 0;
  std::uint32_t peer_session_id = 0;
  bool is_ppp = false;               // else it carries Ethernet or the like (L2TPv3)
  ring::CountersSection counters{};  // the caller sets read_ns

  // The kernel lists the socket by which a daemon manages its tunnel as a session with id 0. No
  // call has that id (RFC 2661, section 3.1).
  bool is_management() const { return session_id == 0; }
};

// Both addresses of a PPP interface in one address family, in network byte order; an IPv4 address
// is in the first four bytes.
struct LinkEnds {
  bool is_there = false;
  std::array<std::uint8_t, 16> local{};
  std::array<std::uint8_t, 16> remote{};

  friend bool operator==(const LinkEnds&, const LinkEnds&) = default;
};

struct LinkAddresses {
  LinkEnds ipv4;
  LinkEnds ipv6;

  friend bool operator==(const LinkAddresses&, const LinkAddresses&) = default;
};

// An interface's name, and its network namespace.
struct LinkIds {
  std::uint64_t netns = 0;
  std::string name;

  friend bool operator==(const LinkIds&, const LinkIds&) = default;
};

}  // namespace pppol2tp::model

template <>
struct std::hash<pppol2tp::model::LinkIds> {
  std::size_t operator()(const pppol2tp::model::LinkIds& ids) const noexcept {
    return std::hash<std::string>{}(ids.name) ^ ids.netns * 0x9E3779B97F4A7C15;
  }
};
