// Asks the kernel whether it still has a session, by generic netlink. The session's own socket does
// not tell: when somebody deletes session or tunnel under a living pppd, its ioctls go on to
// succeed, and what is sent counts although it goes nowhere.
//
// Nothing here waits: the kernel answers a question of this kind before sendmsg(2) returns.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pppol2tp {

enum class KernelView : std::uint8_t {
  unknown,  // nobody to ask, or no answer that says it
  present,
  absent,
};

// `tunnel_id` and `session_id` are this host's, in this process' network namespace.
KernelView look_for_session(std::uint32_t tunnel_id, std::uint32_t session_id);

// The pure parts of it: netlink messages, in host byte order (<linux/netlink.h>,
// <linux/genetlink.h>, <linux/l2tp.h>).
using NetlinkMessage = std::array<std::byte, 64>;

// Return how many bytes of `out` they took.
std::size_t ask_for_l2tp_family(NetlinkMessage& out);
std::size_t ask_for_session(std::uint16_t family, std::uint32_t tunnel_id, std::uint32_t session_id,
                            NetlinkMessage& out);

// The number of the family in an answer to the first; 0 when there is none in it.
std::uint16_t family_in(std::span<const std::byte> answer);
KernelView view_in(std::uint16_t family, std::span<const std::byte> answer);

}  // namespace pppol2tp
