// Checks of the fuzz targets, with any compiler and build type.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace pppol2tp::fuzz {

// Ends the program, so that the fuzzer keeps the input.
inline void expect(bool is_so, const char* what) {
  if (is_so) return;
  std::fprintf(stderr, "expected: %s\n", what);
  std::abort();
}

// Whether the error is fit for one line of a log.
inline void expect_one_line(std::string_view text) {
  expect(!text.empty() &&
             std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }),
         "one line of printable ASCII");
}

}  // namespace pppol2tp::fuzz
