#include "agent/base/capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace pppol2tp {
namespace {

constexpr int kNumbers = 64;

// Version 3 of the interface gives 64 bits in two halves.
using Halves = std::array<__user_cap_data_struct, 2>;

Result<Halves> read() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  Halves halves{};
  if (syscall(SYS_capget, &header, halves.data()) != 0) return fail_errno(errno, "capget");
  return halves;
}

Capabilities permitted(const Halves& halves) {
  return halves[0].permitted | Capabilities{halves[1].permitted} << 32;
}

bool has_anything(const Halves& halves) {
  return (halves[0].permitted | halves[1].permitted | halves[0].inheritable |
          halves[1].inheritable) != 0;
}

Result<void> write(Capabilities all) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const auto low = static_cast<std::uint32_t>(all);
  const auto high = static_cast<std::uint32_t>(all >> 32);
  const Halves halves{{{low, low, 0}, {high, high, 0}}};
  if (syscall(SYS_capset, &header, halves.data()) == 0) return {};
  return fail_errno(errno, "capabilities cannot be given up: capset");
}

void narrow_bounding_set(Capabilities kept) {
  for (int number = 0; number < kNumbers; ++number) {
    if ((kept & capability(number)) != 0) continue;
    // The bit does not exist, this kernel does not know it, or this is not allowed: it stays as it
    // is.
    static_cast<void>(prctl(PR_CAPBSET_DROP, number, 0, 0, 0));
  }
}

}  // namespace

Result<Capabilities> own_capabilities() {
  const auto halves = read();
  if (!halves) return halves.error();
  return permitted(*halves);
}

Result<void> keep_capabilities(Capabilities kept) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno(errno, "no_new_privs");
  narrow_bounding_set(kept);
  const auto halves = read();
  if (!halves) return halves.error();
  // Without capabilities there is nothing to give up, even if capset(2) is forbidden. Ambient ones
  // are inheritable by definition, and go with the inheritable ones.
  if (!has_anything(*halves)) return {};
  return write(permitted(*halves) & kept);
}

}  // namespace pppol2tp
