// Counts durations in buckets. The layout and the bounds are part of the checkpoint's format and
// must not change after a release.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pppol2tp::model {

struct Histogram {
  static constexpr std::size_t kMaxBounds = 15;

  // Not cumulative: counts[i] is the number of durations above bound i - 1 and not above bound i.
  // The element after the last bound's counts the rest.
  std::array<std::uint64_t, kMaxBounds + 1> counts{};
  std::uint64_t sum_ns = 0;

  // `bounds_ns`: ascending, no more than kMaxBounds.
  void observe(std::span<const std::uint64_t> bounds_ns, std::uint64_t duration_ns) {
    std::size_t bucket = 0;
    while (bucket < bounds_ns.size() && duration_ns > bounds_ns[bucket]) ++bucket;
    ++counts[bucket];
    sum_ns += duration_ns;
  }
};

}  // namespace pppol2tp::model
