// Sockets that listen for HTTP.
#pragma once

#include <string>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace pppol2tp::http {

// Binds and listens at an address as parse_endpoint() takes it; port 0 lets the kernel choose. An
// error names the address and the system's reason. The word "systemd" stands for the sockets that
// systemd passed.
//
// An address is one socket; all addresses of the host are two, so that each knows its clients by
// their own kind of address, or one where the kernel knows no IPv6.
//
// The kernel keeps a connection to itself until its client has sent something (TCP_DEFER_ACCEPT),
// for half a minute: one that is opened and left alone costs us nothing.
Result<std::vector<Fd>> open_listeners(const std::string& address);

// The address that a socket is bound to.
std::string bound_address(const Fd& socket);

}  // namespace pppol2tp::http
