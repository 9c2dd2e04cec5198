// Makes text from other sources fit for one line of a log or an error message: printable ASCII,
// whatever bytes it has.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pppol2tp {

// Backslashes and double quotes are escaped by a backslash, and bytes that are not printable ASCII
// are written as \n, \r, \t or \xNN.
std::string escaped(std::string_view text);

// The most that an error message quotes of a value.
inline constexpr std::size_t kQuoteLimit = 60;

// The same in double quotes. Text longer than `limit` bytes is cut, with three dots after the
// closing quote.
std::string in_quotes(std::string_view text, std::size_t limit = std::string_view::npos);

}  // namespace pppol2tp
