// What the kernel says about a session's socket: its name, which contains both ends' ids and the
// tunnel's peer, and its statistics.
//
// The decoder is pure; the two others make one system call each and leave no descriptor open.
#pragma once

#include <cstddef>
#include <cstdint>

#include "plugin/ring/session_state.h"

namespace pppol2tp {

struct SocketFacts {
  std::uint32_t tunnel_id;
  std::uint32_t session_id;
  std::uint32_t peer_tunnel_id;
  std::uint32_t peer_session_id;
  ring::Family peer_family;
  std::uint16_t peer_port;        // host byte order
  std::uint8_t peer_address[16];  // network byte order; IPv4 in the first four bytes
};

// Decodes one of the four kinds of struct sockaddr_pppol2tp* (<linux/if_pppol2tp.h>), which differ
// in their lengths only: L2TPv2 or v3, over IPv4 or IPv6. False: none of them.
bool decode_socket_name(const void* name, std::size_t bytes, SocketFacts& facts);

// getsockname(2), decoded. False if the socket is not connected or of another kind.
bool read_socket_name(int fd, SocketFacts& facts);

// PPPIOCGL2TPSTATS. It succeeds as long as the socket is open, even after the kernel's session is
// gone. Sets everything except read_ns. Async-signal-safe.
bool read_counters(int fd, ring::CountersSection& counters);

}  // namespace pppol2tp
