// Listening sockets that a service manager opened before it started this program: systemd's socket
// activation, sd_listen_fds(3). With it the agent needs no privilege for a port below 1024, and a
// port can accept connections from the host's start on.
#pragma once

#include <vector>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace pppol2tp::http {

// Copies of all passed sockets; child processes do not inherit them. An error names the problem
// with the environment or with a socket: only listening stream sockets of IPv4 and IPv6 are
// accepted.
Result<std::vector<Fd>> copy_inherited_listeners();

}  // namespace pppol2tp::http
