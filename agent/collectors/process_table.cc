#include "agent/collectors/process_table.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <string>

#include "agent/base/concat.h"
#include "agent/base/fd.h"

namespace pppol2tp::collectors {

std::optional<std::uint64_t> process_start_ticks(std::uint32_t pid) {
  std::ifstream file(concat("/proc/", pid, "/stat"));
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return start_ticks_of_stat(line);
}

ProcessLook look_for_process(std::uint32_t pid, std::uint64_t start_ticks) {
  const Fd file(open(concat("/proc/", pid, "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return errno == ENOENT ? ProcessLook::not_there : ProcessLook::cannot_tell;
  std::array<char, 1024> line;  // 52 numbers and a name of 15 bytes
  const ssize_t got = read(file.get(), line.data(), line.size());
  if (got < 0) return errno == ESRCH ? ProcessLook::not_there : ProcessLook::cannot_tell;
  const auto found = start_ticks_of_stat({line.data(), static_cast<std::size_t>(got)});
  return found == start_ticks ? ProcessLook::there : ProcessLook::not_there;
}

std::optional<std::uint64_t> start_ticks_of_stat(std::string_view stat) {
  const std::size_t end_of_name = stat.rfind(')');
  if (end_of_name == std::string_view::npos) return std::nullopt;
  stat.remove_prefix(end_of_name + 1);
  for (int field = 3; !stat.empty() && stat.front() == ' '; ++field) {
    stat.remove_prefix(1);
    const std::string_view word = stat.substr(0, stat.find(' '));
    if (field == 3 && word == "Z") return std::nullopt;
    if (field == 22) {
      std::uint64_t ticks = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), ticks);
      const bool is_number = error == std::errc{} && end == word.data() + word.size();
      return is_number ? std::optional(ticks) : std::nullopt;
    }
    stat.remove_prefix(word.size());
  }
  return std::nullopt;
}

}  // namespace pppol2tp::collectors
