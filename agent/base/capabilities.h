// Linux capabilities (capabilities(7)). Uses the system calls directly: libcap would be one more
// library in the process for these few lines.
#pragma once

#include <cstdint>

#include "agent/base/result.h"

namespace pppol2tp {

// One bit for each capability, by its number in <linux/capability.h>.
using Capabilities = std::uint64_t;

constexpr Capabilities capability(int number) {
  return Capabilities{1} << number;
}

// The calling thread's permitted capabilities.
Result<Capabilities> own_capabilities();

// Gives up all others for good: they are neither permitted nor inherited, and no program that is
// executed later gets them back (no_new_privs). They are also removed from the bounding set if that
// is allowed (CAP_SETPCAP); with no_new_privs, that set has no effect any more.
//
// Capabilities are per thread: call this before there is a second thread.
Result<void> keep_capabilities(Capabilities kept);

}  // namespace pppol2tp
