// What the kernel's process table says about a process.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pppol2tp::collectors {

// When the process with this pid started, in clock ticks since boot; nullopt if there is no such
// process or it is a zombie. Pid and start time together identify a process until the next boot.
std::optional<std::uint64_t> process_start_ticks(std::uint32_t pid);

// Whether that process exists. If the agent may not look, or has no file descriptor left, the
// answer is unknown and does not mean that the process is dead.
enum class ProcessLook : std::uint8_t { there, not_there, cannot_tell };
ProcessLook look_for_process(std::uint32_t pid, std::uint64_t start_ticks);

// The same from the text of /proc/PID/stat: field 22, and field 3 for the zombie (proc(5)). Field
// 2, the command's name, may itself contain blanks and parentheses.
std::optional<std::uint64_t> start_ticks_of_stat(std::string_view stat);

}  // namespace pppol2tp::collectors
