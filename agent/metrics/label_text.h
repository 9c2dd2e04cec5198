// What the metric table's rows use to put facts into labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "plugin/ring/session_state.h"

namespace pppol2tp::metrics {

// Text out of shared memory: ends at its NUL, or at the field's end if a writer forgot that.
template <std::size_t N>
std::string_view text(const char (&field)[N]) {
  const std::string_view all(field, N);
  return all.substr(0, all.find('\0'));
}

inline std::string decimal(std::int64_t value) {
  return std::to_string(value);
}

constexpr std::string_view to_text(ring::Role role) {
  return role == ring::Role::lns ? "lns" : "lac";
}
using ring::to_text;

// `bytes` in network order; empty when the family is none of the two.
std::string address(ring::Family family, const std::uint8_t* bytes);

// Empty while the network protocol has never been up, by the plugin or by the kernel.
std::string network_address(ring::Family family, const ring::NetworkSection& network,
                            const std::uint8_t* bytes);

}  // namespace pppol2tp::metrics
