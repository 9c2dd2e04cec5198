// A single request to an HTTP server on this host, for programs that check whether the agent
// answers.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/result.h"

namespace pppol2tp::http {

// The status code of the answer to GET `path` over plain HTTP; waits a few seconds at most. Fails
// if nothing listens there or the answer is not HTTP.
Result<int> probe(const std::string& host, std::uint16_t port, const std::string& path);

}  // namespace pppol2tp::http
