// Listening sockets that a service manager opened before it started this program: systemd's socket
// activation, sd_listen_fds(3). A port below 1024, or one that answers from the host's start on,
// then needs no right of the agent's own.
#pragma once

#include <vector>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace pppol2tp::http {

// Copies of all that were passed; they are not inherited further. An error says what is wrong with
// the environment or with which socket: only stream sockets of IPv4 and IPv6 that listen are taken.
Result<std::vector<Fd>> copy_inherited_listeners();

}  // namespace pppol2tp::http
