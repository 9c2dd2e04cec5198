// What the kernel says of its L2TP tunnels and sessions: plain data between the collector that asks
// and the model that is told.
#pragma once

#include <array>
#include <cstdint>

#include "plugin/ring/session_state.h"

namespace pppol2tp::model {

// Whether something exists in the kernel; unknown until it was asked.
enum class KernelView : std::uint8_t { unknown, present, absent };

struct KernelTunnel {
  std::uint32_t tunnel_id = 0;
  std::uint32_t peer_tunnel_id = 0;
  ring::Family peer_family = ring::Family::none;
  std::uint16_t peer_port = 0;
  std::array<std::uint8_t, 16> peer_address{};
  // Packets that no session's counters know of. Kernels before 5.10 and 5.12 do not count them.
  std::uint64_t receive_cookie_discards = 0;
  std::uint64_t receive_invalid = 0;
};

struct KernelSession {
  std::uint32_t tunnel_id = 0;
  std::uint32_t session_id = 0;
  std::uint32_t peer_tunnel_id = 0;
  std::uint32_t peer_session_id = 0;
  bool is_ppp = false;               // else it carries Ethernet or the like (L2TPv3)
  ring::CountersSection counters{};  // read_ns is for who asked to fill in

  // The socket by which a daemon manages its tunnel is listed as a session of id 0. No call has
  // that id (RFC 2661, section 3.1).
  bool is_management() const { return session_id == 0; }
};

}  // namespace pppol2tp::model
