// Copies between private memory and shared memory that another process may use at the same moment:
// each word of the shared side is read or written as a whole, in no order. The caller orders them,
// see layout.h. The private side may be of any type.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace pppol2tp::ring::internal {

inline std::uint64_t word_at(const void* bytes, std::size_t index) {
  std::uint64_t word;
  std::memcpy(&word, static_cast<const std::byte*>(bytes) + index * sizeof word, sizeof word);
  return word;
}

inline void store_words(void* shared, const void* from, std::size_t words) {
  auto* const to = static_cast<std::uint64_t*>(shared);
  // Unrolled by hand, because compilers do not unroll atomic stores: a state is some hundred words.
#pragma GCC unroll 8
  for (std::size_t i = 0; i < words; ++i) {
    std::atomic_ref(to[i]).store(word_at(from, i), std::memory_order_relaxed);
  }
}

inline std::uint64_t shared_word(const void* shared, std::size_t index) {
  // atomic_ref takes no const objects before C++26; nothing is written.
  auto* const from = static_cast<std::uint64_t*>(const_cast<void*>(shared));
  return std::atomic_ref(from[index]).load(std::memory_order_relaxed);
}

// Copies one word to its place in `to`, and returns it.
inline std::uint64_t load_word(const void* shared, void* to, std::size_t index) {
  const std::uint64_t word = shared_word(shared, index);
  std::memcpy(static_cast<std::byte*>(to) + index * sizeof word, &word, sizeof word);
  return word;
}

inline void load_words(const void* shared, void* to, std::size_t words) {
  for (std::size_t i = 0; i < words; ++i) load_word(shared, to, i);
}

}  // namespace pppol2tp::ring::internal
