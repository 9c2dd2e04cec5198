// A fast hash of plain bytes, to detect changes. Not collision-resistant against an attacker: a
// collision only leaves a label unchanged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace pppol2tp::metrics {

constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9FB21C651E98DF25;
  return hash ^ (hash >> 35);
}

// Several lanes, so that the multiplications do not wait for each other.
inline std::uint64_t hash_bytes(const void* bytes, std::size_t size, std::uint64_t seed) {
  constexpr std::size_t kLanes = 4;
  const auto* at = static_cast<const unsigned char*>(bytes);
  const auto word_at = [&](std::size_t offset) {
    std::uint64_t word = 0;
    std::memcpy(&word, at + offset, sizeof word);
    return word;
  };
  std::uint64_t lanes[kLanes] = {seed, seed + 1, seed + 2, seed + 3};
  std::size_t offset = 0;
  for (; offset + kLanes * 8 <= size; offset += kLanes * 8) {
    for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = mix(lanes[i], word_at(offset + i * 8));
  }
  for (; offset + 8 <= size; offset += 8) lanes[0] = mix(lanes[0], word_at(offset));
  std::uint64_t rest = size;
  std::memcpy(&rest, at + offset, size - offset);
  return mix(mix(mix(mix(rest, lanes[0]), lanes[1]), lanes[2]), lanes[3]);
}

}  // namespace pppol2tp::metrics
