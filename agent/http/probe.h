// One question to an HTTP server of this host, for programs that ask whether the agent answers.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/result.h"

namespace pppol2tp::http {

// The status code of the answer to GET `path`, by plain HTTP; waits some seconds at the most. Fails
// when nobody listens there or what answers is not HTTP.
Result<int> probe(const std::string& host, std::uint16_t port, const std::string& path);

}  // namespace pppol2tp::http
