// How often processes enter the kernel.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace pppol2tp::bench {

// System calls that these children of ours begin within that time; they run on meanwhile, a little
// slower for each. Throws std::runtime_error where they may not be traced.
std::uint64_t count_system_calls(const std::vector<pid_t>& processes, std::uint64_t duration_ns);

}  // namespace pppol2tp::bench
