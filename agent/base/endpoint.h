// A numeric address and port to listen on, as an operator writes them: 192.0.2.1:80,
// [2001:db8::1]:80, or :80 for all addresses of the host. Names are not accepted: their meaning can
// change while the program runs, and resolving them can block its start.
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
  bool is_any_family = false;  // written without an address: both IPv6 and IPv4
};

Result<Endpoint> parse_endpoint(std::string_view text);

// Formats as 192.0.2.1:80 or [2001:db8::1]:80; "?" if it is neither IPv4 nor IPv6.
std::string to_text(const sockaddr_storage& address);

// In host byte order.
std::uint16_t port_of(const sockaddr_storage& address);

}  // namespace pppol2tp
