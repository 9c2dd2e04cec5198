// What the kernel's process table says of a process.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pppol2tp::collectors {

// When the process with this pid started, in clock ticks since boot; none when there is no such
// process or it is a zombie. Together with the pid this names one process for ever.
std::optional<std::uint64_t> process_start_ticks(std::uint32_t pid);

// Whether that process is there. An agent that may not look, or has no descriptor left to look
// with, knows nothing: that is not a process' death.
enum class ProcessLook : std::uint8_t { there, not_there, cannot_tell };
ProcessLook look_for_process(std::uint32_t pid, std::uint64_t start_ticks);

// The same out of the text of /proc/PID/stat: field 22, and field 3 for the zombie (proc(5)). Field
// 2, the command's name, may itself hold blanks and parentheses.
std::optional<std::uint64_t> start_ticks_of_stat(std::string_view stat);

}  // namespace pppol2tp::collectors
