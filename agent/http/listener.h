// Sockets that listen for HTTP.
#pragma once

#include <string>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace pppol2tp::http {

// Binds and listens at an address in the form of parse_endpoint(); port 0 lets the kernel choose.
// An error names the address and the system's reason. The word "systemd" means the sockets that
// systemd passed.
//
// An address gives one socket. All addresses of the host give two, so that each shows clients with
// addresses of its own family; or one if the kernel has no IPv6.
//
// The kernel holds a connection back until its client has sent something (TCP_DEFER_ACCEPT), for up
// to half a minute: one that is opened and never used costs us nothing.
Result<std::vector<Fd>> open_listeners(const std::string& address);

// The address that a socket is bound to.
std::string bound_address(const Fd& socket);

}  // namespace pppol2tp::http
