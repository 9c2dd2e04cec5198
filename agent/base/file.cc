#include "agent/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

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

Result<FileReplacement> FileReplacement::begin(std::string path) {
  std::string fresh = path + ".new";
  // Whatever is there is not written to: it may be a link, a pipe, or a file that others have open.
  if (unlink(fresh.c_str()) != 0 && errno != ENOENT) return fail_errno(errno, fresh);
  Fd file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return fail_errno(errno, fresh);
  return FileReplacement(std::move(path), std::move(fresh), std::move(file));
}

FileReplacement::~FileReplacement() {
  if (file_) unlink(fresh_.c_str());
}

Result<void> FileReplacement::append(std::string_view contents) {
  const auto written = write_all(file_.get(), contents);
  return written ? written : written.error().within(fresh_);
}

Result<void> FileReplacement::overwrite_begin(std::string_view contents) {
  const ssize_t written = pwrite(file_.get(), contents.data(), contents.size(), 0);
  if (written < 0) return fail_errno(errno, fresh_, ": writing");
  if (static_cast<std::size_t>(written) != contents.size()) {
    return fail(fresh_, ": written in part only");
  }
  return {};
}

Result<void> FileReplacement::commit() {
  if (rename(fresh_.c_str(), path_.c_str()) != 0) return fail_errno(errno, path_);
  file_.reset();
  return {};
}

Result<void> replace_file(const std::string& path, std::string_view contents) {
  auto replacement = FileReplacement::begin(path);
  if (!replacement) return replacement.error();
  if (const auto written = replacement->append(contents); !written) return written;
  return replacement->commit();
}

}  // namespace pppol2tp
