// Whole files at once.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace pppol2tp {

// Fails on files larger than `limit` bytes; the message names the path.
Result<std::string> read_file(const std::string& path, std::size_t limit);

// Replaces `path` in one step: whoever opens it, at whatever moment, finds the old contents or the
// new. Mode 0600. The message names the path.
Result<void> replace_file(const std::string& path, std::string_view contents);

}  // namespace pppol2tp
