// The check word of a record: tells a record that is whole, and of the ticket it claims to be of,
// from anything that two writers or a dying one may have left behind. Not a defence against
// somebody who forges records; those are root.
//
// Four independent lanes of 64x64->128-bit multiplications, so it needs no special instructions and
// keeps the multiplier busy. Each lane folds in two words a step; the lanes meet in a chain of
// further folds with a key of its own at each place, so that equal changes in two lanes cannot
// cancel. The ticket comes last and reversibly: most of the work is done before the ticket is
// known, and the same record under two tickets never has the same check.
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

// Over the first `count` words of a private copy; everything but the ticket.
inline std::uint64_t digest(const void* record, std::size_t count) {
  std::uint64_t lane[4] = {kKeys[0] ^ count, kKeys[1], kKeys[2], kKeys[3]};
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (std::size_t n = 0; n < 4; ++n) {
      lane[n] =
          fold(lane[n] ^ word_at(record, i + 2 * n), kKeys[4 + n] ^ word_at(record, i + 2 * n + 1));
    }
  }
  for (std::size_t n = 0; i < count; ++i, ++n) {
    lane[n % 4] = fold(lane[n % 4] ^ word_at(record, i), kKeys[4 + n % 4]);
  }
  std::uint64_t all = fold(lane[0] ^ kKeys[4], lane[1] ^ kKeys[7]);
  all = fold(all ^ lane[2], kKeys[5]);
  return fold(all ^ lane[3], kKeys[6]);
}

// Reversible in each argument while the other stays.
inline std::uint64_t keyed(std::uint64_t digest_of_record, std::uint64_t ticket) {
  std::uint64_t x = digest_of_record ^ ((ticket + 1) * kKeys[3]);
  x ^= x >> 32;
  x *= kKeys[4];
  return x ^ (x >> 29);
}

}  // namespace pppol2tp::ring::internal
