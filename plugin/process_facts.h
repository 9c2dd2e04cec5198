// This process as the host sees it: the start time, which tells it from a later process with the
// same pid, and the network namespace.
//
// The parser is pure; the others read /proc and leave no descriptor open. They return 0 if /proc
// gives no answer.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace pppol2tp {

// Field 22 of /proc/PID/stat: the process' start, in clock ticks since boot; 0 if it is missing.
// The second field is the command's name in parentheses, which may itself contain blanks and
// parentheses.
std::uint64_t parse_start_ticks(const char* stat, std::size_t bytes);

std::uint64_t own_start_ticks();
std::uint64_t start_ticks_of(pid_t pid);

// The inode of /proc/self/ns/net.
std::uint64_t own_network_namespace();

}  // namespace pppol2tp
