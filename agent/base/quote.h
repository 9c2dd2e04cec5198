// Text from elsewhere, made fit for one line of a log or an error message: printable ASCII whatever
// bytes it holds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pppol2tp {

// Backslashes and double quotes are escaped by a backslash, and bytes that are not printable ASCII
// are written as \n, \r, \t or \xNN.
std::string escaped(std::string_view text);

// As much of a value from elsewhere as an error message quotes.
inline constexpr std::size_t kQuoteLimit = 60;

// The same in double quotes. What is longer than `limit` bytes is cut, and three dots follow the
// closing quote.
std::string in_quotes(std::string_view text, std::size_t limit = std::string_view::npos);

}  // namespace pppol2tp
