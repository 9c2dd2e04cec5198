// How fast the kernel's tables may be walked. The cost of a walk is not known in advance: on
// kernels before 6.12 each step looks up the nth session from the start, so 16,000 sessions in one
// tunnel cost hundreds of times as much as 1,000. So there is a pause after each part: a walk takes
// at most kShare of one processor, however long that makes it, and the next one waits at least as
// long as it took. Pure.
#pragma once

#include <algorithm>
#include <chrono>

namespace pppol2tp::collectors {

class WalkPace {
 public:
  using Duration = std::chrono::nanoseconds;

  static constexpr int kShare = 25;  // one twenty-fifth
  static constexpr Duration kShortestRest = std::chrono::milliseconds(1);
  static constexpr Duration kShortestInterval = std::chrono::seconds(10);
  static constexpr Duration kLongestInterval = std::chrono::hours(1);
  static constexpr Duration kAfterFailure = std::chrono::seconds(5);

  // The pause after a part that cost this much.
  static constexpr Duration rest_after_part(Duration cost) {
    return std::max(kShortestRest, cost * (kShare - 1));
  }

  // The time from the end of a walk that took this long, pauses included, to the start of the next.
  static constexpr Duration rest_after_walk(Duration length) {
    return std::clamp(length, kShortestInterval, kLongestInterval);
  }
};

}  // namespace pppol2tp::collectors
