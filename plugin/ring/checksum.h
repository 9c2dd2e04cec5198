// The check word of a record. It tells a whole record of the ticket that it claims from anything
// that two writers, or a dying one, may have left behind. It is no defence against forged records:
// only root can write them.
//
// Four independent lanes of 64x64->128-bit multiplications: no special instructions are needed, and
// the multiplier stays busy. Each lane folds in two words per step. The lanes are then joined by
// further folds, each place with its own key, so that equal changes in two lanes cannot cancel. The
// ticket comes last and reversibly: most of the work is done before the ticket is known, and the
// same record never has the same check under two tickets.
#pragma once

#include <cstddef>
#include <cstdint>

#include "plugin/ring/words.h"

namespace pppol2tp::ring::internal {

inline constexpr std::uint64_t kKeys[8] = {
    0x9AE16A3B2F90404F, 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9E3779B97F4A7C15,
    0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3};

inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Over `count` words, without the ticket. word(i) is called once for each of them.
template <typename Word>
std::uint64_t digest_of(std::size_t count, Word&& word) {
  const auto two_words = [&word](std::uint64_t lane, std::uint64_t key, std::size_t at) {
    return fold(lane ^ word(at), key ^ word(at + 1));
  };
  // Variables, not an array: they stay in registers, which halves the time.
  std::uint64_t a = kKeys[0] ^ count;
  std::uint64_t b = kKeys[1];
  std::uint64_t c = kKeys[2];
  std::uint64_t d = kKeys[3];
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    a = two_words(a, kKeys[4], i);
    b = two_words(b, kKeys[5], i + 2);
    c = two_words(c, kKeys[6], i + 4);
    d = two_words(d, kKeys[7], i + 6);
  }
  const std::size_t rest = count - i;
  if (rest >= 2) a = two_words(a, kKeys[4], i);
  if (rest >= 4) b = two_words(b, kKeys[5], i + 2);
  if (rest >= 6) c = two_words(c, kKeys[6], i + 4);
  if (rest % 2 != 0) d = fold(d ^ word(count - 1), kKeys[7]);
  return fold(fold(a ^ kKeys[4], b ^ kKeys[7]) ^ kKeys[0],
              fold(c ^ kKeys[5], d ^ kKeys[6]) ^ kKeys[1]);
}

// The same over a private copy.
inline std::uint64_t digest(const void* record, std::size_t count) {
  return digest_of(count, [record](std::size_t i) { return word_at(record, i); });
}

// Reversible in each argument while the other is fixed.
inline std::uint64_t keyed(std::uint64_t digest_of_record, std::uint64_t ticket) {
  std::uint64_t x = digest_of_record ^ ((ticket + 1) * kKeys[3]);
  x ^= x >> 32;
  x *= kKeys[4];
  return x ^ (x >> 29);
}

}  // namespace pppol2tp::ring::internal
