#include "agent/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "agent/base/fd.h"

namespace pppol2tp {
namespace {

Result<void> write_all(int descriptor, std::string_view contents) {
  while (!contents.empty()) {
    const ssize_t written = write(descriptor, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail_errno(errno, "writing");
    contents.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail_errno(errno, path);
  std::string contents;
  char buffer[65536];
  for (;;) {
    const ssize_t got = read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(errno, path);
    if (got == 0) return contents;
    contents.append(buffer, static_cast<std::size_t>(got));
    if (contents.size() > limit) return fail(path, ": larger than ", limit, " bytes");
  }
}

Result<void> replace_file(const std::string& path, std::string_view contents) {
  const std::string fresh = path + ".new";
  const Fd file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return fail_errno(errno, fresh);
  if (const auto written = write_all(file.get(), contents); !written) {
    unlink(fresh.c_str());
    return written.error().within(fresh);
  }
  if (rename(fresh.c_str(), path.c_str()) != 0) return fail_errno(errno, path);
  return {};
}

}  // namespace pppol2tp
