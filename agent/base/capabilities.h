// Root's powers, one by one (capabilities(7)). By system calls of our own: libcap would be one more
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

// What the calling thread may do.
Result<Capabilities> own_capabilities();

// Gives up all others for good: they are neither permitted nor inherited, and no program that is
// executed later brings them back (no_new_privs). Of the bounding set they are taken where that is
// allowed (CAP_SETPCAP); with no_new_privs it decides on nothing any more.
//
// Each thread has capabilities of its own: to be called before there is a second one.
Result<void> keep_capabilities(Capabilities kept);

}  // namespace pppol2tp
