// Asks the kernel by generic netlink whether it still has a session. The session's own socket does
// not tell: when the session or its tunnel is deleted while pppd runs, ioctls go on to succeed, and
// sent packets are counted although they go nowhere.
//
// The kernel answers such a request before sendmsg(2) returns, so nothing here waits, except when
// the kernel has no family of that name: then it first runs modprobe (net/netlink/genetlink.c,
// ctrl_getfamily), once for a pppd.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pppol2tp {

enum class KernelView : std::uint8_t {
  unknown,  // cannot be asked, or gave no clear answer
  present,
  absent,
};

// `tunnel_id` and `session_id` are this host's, in this process' network namespace.
KernelView look_for_session(std::uint32_t tunnel_id, std::uint32_t session_id);

// The pure parts: netlink messages, in host byte order (<linux/netlink.h>, <linux/genetlink.h>,
// <linux/l2tp.h>).
using NetlinkMessage = std::array<std::byte, 64>;

// Both return how many bytes of `out` they used.
std::size_t ask_for_l2tp_family(NetlinkMessage& out);
std::size_t ask_for_session(std::uint16_t family, std::uint32_t tunnel_id, std::uint32_t session_id,
                            NetlinkMessage& out);

// The family's number in the answer to the first; 0 if there is none.
std::uint16_t family_in(std::span<const std::byte> answer);
KernelView view_in(std::uint16_t family, std::span<const std::byte> answer);

}  // namespace pppol2tp
