// Functions by which the metric table's rows turn facts into label values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "plugin/ring/session_state.h"

namespace pppol2tp::metrics {

// Text from shared memory: ends at its NUL, or at the field's end if there is none.
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

// `bytes` in network order; empty if the family is neither of the two.
std::string address(ring::Family family, const std::uint8_t* bytes);

// Empty if neither the plugin nor the kernel has ever reported the network protocol as up.
std::string network_address(ring::Family family, const ring::NetworkSection& network,
                            const std::uint8_t* bytes);

}  // namespace pppol2tp::metrics
