// Joins pieces into one string: concat("line ", 3, ": ", why). For error messages and names, where
// no piece needs a width or a base. To be replaced by std::format when all supported compilers have
// it.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>

namespace pppol2tp {

namespace detail {

inline void append_piece(std::string& out, std::string_view piece) {
  out += piece;
}
inline void append_piece(std::string& out, char piece) {
  out += piece;
}

template <std::integral Number>
requires(!std::same_as<Number, char> &&
         !std::same_as<Number, bool>) void append_piece(std::string& out, Number piece) {
  std::array<char, std::numeric_limits<Number>::digits10 + 3> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), piece).ptr;
  out.append(digits.data(), end);
}

}  // namespace detail

template <typename... Pieces>
std::string concat(const Pieces&... pieces) {
  std::string out;
  (detail::append_piece(out, pieces), ...);
  return out;
}

}  // namespace pppol2tp
