// How often processes enter the kernel.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace pppol2tp::bench {

// The number of system calls that these children of ours begin within that time; they go on
// running, a little slower for each. Throws std::runtime_error if they may not be traced.
std::uint64_t count_system_calls(const std::vector<pid_t>& processes, std::uint64_t duration_ns);

}  // namespace pppol2tp::bench
