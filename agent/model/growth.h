// Sums over sessions, from the counters that each session has.
#pragma once

#include <cstdint>

namespace pppol2tp::model {

// How much a counter has grown since it was `before`. A counter that went back has started again
// from 0.
constexpr std::uint64_t growth(std::uint64_t before, std::uint64_t now) {
  return now >= before ? now - before : now;
}

}  // namespace pppol2tp::model
