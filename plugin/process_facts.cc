#include "plugin/process_facts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace pppol2tp {
namespace {

constexpr int kCommandField = 2;
constexpr int kStartField = 22;

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

// One past the parenthesis that closes the command's name: the last one in the line.
const char* after_command(const char* begin, const char* end) {
  while (end != begin && end[-1] != ')') {
    --end;
  }
  return end;
}

std::uint64_t read_start_ticks(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return 0;
  }
  char text[1024];
  const ssize_t bytes = read(fd, text, sizeof(text));
  close(fd);
  return bytes > 0 ? parse_start_ticks(text, static_cast<std::size_t>(bytes)) : 0;
}

}  // namespace

std::uint64_t parse_start_ticks(const char* stat, std::size_t bytes) {
  const char* const end = stat + bytes;
  const char* at = after_command(stat, end);
  if (at == stat) {
    return 0;
  }
  for (int field = kCommandField; field < kStartField; ++at) {
    if (at == end) {
      return 0;
    }
    if (*at == ' ') {
      ++field;
    }
  }
  std::uint64_t ticks = 0;
  for (; at != end && is_digit(*at); ++at) {
    ticks = ticks * 10 + static_cast<std::uint64_t>(*at - '0');
  }
  return ticks;
}

std::uint64_t own_start_ticks() {
  return read_start_ticks("/proc/self/stat");
}

std::uint64_t start_ticks_of(pid_t pid) {
  char path[32];
  std::snprintf(path, sizeof(path), "/proc/%d/stat", static_cast<int>(pid));
  return read_start_ticks(path);
}

std::uint64_t own_network_namespace() {
  struct stat status;
  return stat("/proc/self/ns/net", &status) == 0 ? status.st_ino : 0;
}

}  // namespace pppol2tp
