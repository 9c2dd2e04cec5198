// Sums over sessions, of what each of them counts for itself.
#pragma once

#include <cstdint>

namespace pppol2tp::model {

// What a counter has counted since it stood at `before`. One that went back began anew.
constexpr std::uint64_t growth(std::uint64_t before, std::uint64_t now) {
  return now >= before ? now - before : now;
}

}  // namespace pppol2tp::model
