// Whole files at once.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace pppol2tp {

// Fails on files larger than `limit` bytes; the message names the path.
Result<std::string> read_file(const std::string& path, std::size_t limit);

// Replaces a file in one step, when the new contents are complete: whoever opens the path finds
// either the old contents or the new. Mode 0600. Messages name the path. Without commit() nothing
// changes.
class FileReplacement {
 public:
  static Result<FileReplacement> begin(std::string path);
  FileReplacement(FileReplacement&&) noexcept = default;
  FileReplacement& operator=(FileReplacement&&) = delete;
  ~FileReplacement();

  Result<void> append(std::string_view contents);

  // Overwrites the beginning of the new contents.
  Result<void> overwrite_begin(std::string_view contents);

  Result<void> commit();

 private:
  FileReplacement(std::string path, std::string fresh, Fd file)
      : path_(std::move(path)), fresh_(std::move(fresh)), file_(std::move(file)) {}

  std::string path_;
  std::string fresh_;
  Fd file_;  // none: committed, or moved from
};

// The same for contents in memory.
Result<void> replace_file(const std::string& path, std::string_view contents);

}  // namespace pppol2tp
