// Durations counted by size. Part of the checkpoint's format, and so are the bounds that a
// histogram is filled by: neither changes once released.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pppol2tp::model {

struct Histogram {
  static constexpr std::size_t kMaxBounds = 15;

  // By bucket, each for itself: counts[i] of those above the bound before and not above bound i,
  // and behind the last bound's those above all.
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
