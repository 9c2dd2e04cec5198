// Standard output, for programs that print an answer.
#pragma once

#include <string_view>

#include "agent/base/result.h"

namespace pppol2tp {

// Nothing stays in a buffer: what a full disk or a closed reader did not take is an error with the
// reason.
Result<void> write_output(std::string_view text);

}  // namespace pppol2tp
