// Integers as decimal digits, where a scrape writes hundreds of thousands of them: so inline.
#pragma once

#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace pppol2tp::metrics {

// Room that a number needs; whoever writes one may write to all of it.
inline constexpr std::size_t kMaxNumberBytes = 32;

inline constexpr std::uint64_t kTenToThe8th = 100'000'000;

// The decimal digits of a number below 10^8, one in each byte, the first of them in the lowest.
// Halved and halved again, all parts at once: multiplying and shifting divides each of them.
constexpr std::uint64_t eight_digits(std::uint64_t value) {
  const std::uint64_t fours = value / 10'000 | value % 10'000 << 32;
  const std::uint64_t hundreds = (fours * 10'486 >> 20) & 0x7F'0000'007F;
  const std::uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
  const std::uint64_t tens = (twos * 103 >> 10) & 0xF'000F'000F'000F;
  return tens | (twos - tens * 10) << 8;
}

inline void store_digits(char* out, std::uint64_t digits) {
  static_assert(std::endian::native == std::endian::little);
  const std::uint64_t text = digits + 0x3030'3030'3030'3030;  // '0' is 0x30
  std::memcpy(out, &text, sizeof text);
}

// A number below 10^8 with all eight digits.
inline char* write_all(char* out, std::uint64_t value) {
  store_digits(out, eight_digits(value));
  return out + 8;
}

// A number below 10^8 from its first digit that is not 0, or its last. Writes eight bytes.
inline char* write_leading(char* out, std::uint64_t value) {
  const std::uint64_t digits = eight_digits(value);
  constexpr std::uint64_t kLast = std::uint64_t{1} << 56;
  const int zeros = std::countr_zero(digits | kLast) / 8;
  store_digits(out, digits >> 8 * zeros);
  return out + 8 - zeros;
}

// Writes the number at `out` and returns its end.
inline char* write_integer(char* out, std::uint64_t value) {
  if (value < kTenToThe8th) return write_leading(out, value);
  const std::uint64_t high = value / kTenToThe8th;
  if (high >= kTenToThe8th) return std::to_chars(out, out + kMaxNumberBytes, value).ptr;
  return write_all(write_leading(out, high), value % kTenToThe8th);
}

}  // namespace pppol2tp::metrics
