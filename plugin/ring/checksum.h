// The check word of a record. It tells a whole record of the ticket that it claims from anything
// that two writers, or a dying one, may have left behind. It is no defence against forged records:
// only root can write them.
//
// Four CRC-32C registers, each over every fourth word: the processor's instruction takes three
// cycles but can be begun in each, so one register alone would take three times as long. Any change
// within 32 successive bits of a word changes its register; of the changes that keep to the words
// of one register, one in 2^32 does not. The registers are joined by a multiplication, each place
// with its own key, so that equal changes in two of them cannot cancel. The ticket comes last and
// reversibly: most of the work is done before the ticket is known, and the same record never has
// the same check under two tickets.
#pragma once

#include <cstddef>
#include <cstdint>

#include "plugin/ring/crc32c.h"
#include "plugin/ring/words.h"

namespace pppol2tp::ring::internal {

inline constexpr std::uint64_t kKeys[4] = {0x9AE16A3B2F90404F, 0xC3A5C85C97CB3127,
                                           0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93};

inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Over `count` words, without the ticket. word(i) is called once for each of them.
template <typename Crc32c, typename Word>
[[gnu::always_inline]] inline std::uint64_t digest_by(std::size_t count, Word word) {
  std::uint64_t a = count;
  std::uint64_t b = 1;
  std::uint64_t c = 2;
  std::uint64_t d = 3;
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    a = Crc32c::step(a, word(i));
    b = Crc32c::step(b, word(i + 1));
    c = Crc32c::step(c, word(i + 2));
    d = Crc32c::step(d, word(i + 3));
  }
  const std::size_t rest = count - i;
  if (rest >= 1) a = Crc32c::step(a, word(i));
  if (rest >= 2) b = Crc32c::step(b, word(i + 1));
  if (rest >= 3) c = Crc32c::step(c, word(i + 2));
  return fold((a << 32 | b) ^ kKeys[0], (c << 32 | d) ^ kKeys[1]);
}

template <typename Word>
[[gnu::always_inline]] inline std::uint64_t digest_of(std::size_t count, Word word) {
  if (has_crc32c_instruction()) [[likely]] {
    return digest_by<InstructionCrc32c>(count, word);
  }
  return digest_by<TableCrc32c>(count, word);
}

// The same over a private copy.
inline std::uint64_t digest(const void* record, std::size_t count) {
  return digest_of(count, [record](std::size_t i) { return word_at(record, i); });
}

// Reversible in each argument while the other is fixed.
inline std::uint64_t keyed(std::uint64_t digest_of_record, std::uint64_t ticket) {
  std::uint64_t x = digest_of_record ^ ((ticket + 1) * kKeys[2]);
  x ^= x >> 32;
  x *= kKeys[3];
  return x ^ (x >> 29);
}

}  // namespace pppol2tp::ring::internal
