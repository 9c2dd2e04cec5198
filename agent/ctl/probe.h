// A single request to the agent's HTTP server, to see whether it answers.
#pragma once

#include <string_view>

#include "agent/base/endpoint.h"
#include "agent/base/result.h"

namespace pppol2tp::ctl {

// Where a client on this host reaches a server that listens at `endpoint`: all addresses of the
// host stand for the loopback address.
Endpoint reachable(const Endpoint& endpoint);

// The status code of the answer to GET `path` over plain HTTP. Waits three seconds at most for each
// step. Fails if nothing listens there or the answer is not HTTP; the error says which.
Result<int> probe(const Endpoint& server, std::string_view path);

}  // namespace pppol2tp::ctl
