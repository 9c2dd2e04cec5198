// A numeric address and port to listen on, as written by an operator: 192.0.2.1:80,
// [2001:db8::1]:80, or :80 for every address of the host. Names are not taken: what a name means
// can change under a running program, and resolving it can hang a start.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace pppol2tp {

struct Endpoint {
  sockaddr_storage address{};
  socklen_t length = 0;
  bool is_any_family = false;  // written without an address: IPv6 and IPv4 both
};

Result<Endpoint> parse_endpoint(std::string_view text);

// 192.0.2.1:80 or [2001:db8::1]:80; what is neither IPv4 nor IPv6 gives "?".
std::string to_text(const sockaddr_storage& address);

// In host byte order.
std::uint16_t port_of(const sockaddr_storage& address);

}  // namespace pppol2tp
