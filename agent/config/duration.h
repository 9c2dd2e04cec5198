// Durations as people write them: 15m, 10s, 1h30m, 500ms. Units are d, h, m, s and ms, the larger
// one first, each at most once; 0 needs none.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace pppol2tp::config {

Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// The shortest text that parse_duration() reads as the same duration.
std::string to_text(std::chrono::milliseconds duration);

}  // namespace pppol2tp::config
