#include "agent/config/duration.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

#include "agent/base/quote.h"

namespace pppol2tp::config {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t in_ms;
};

constexpr std::array<Unit, 5> kUnits = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

// The index of the unit that `text` starts with, from kUnits[first] on; kUnits.size() if none.
std::size_t find_unit(std::string_view text, std::size_t first) {
  const std::string_view letters = text.substr(0, text.find_first_of("0123456789"));
  while (first < kUnits.size() && kUnits[first].name != letters) ++first;
  return first;
}

Error not_a_duration(std::string_view text) {
  return fail(in_quotes(text, kQuoteLimit), " is not a duration");
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  if (text == "0") return milliseconds(0);
  if (text.empty()) return not_a_duration(text);
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  for (std::string_view rest = text; !rest.empty();) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc() || number < 0) return not_a_duration(text);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const std::size_t unit = find_unit(rest, next_unit);
    if (unit == kUnits.size()) return not_a_duration(text);
    rest.remove_prefix(kUnits[unit].name.size());
    if (number > (std::numeric_limits<std::int64_t>::max() - total) / kUnits[unit].in_ms) {
      return fail(in_quotes(text, kQuoteLimit), " is too long a time");
    }
    total += number * kUnits[unit].in_ms;
    next_unit = unit + 1;
  }
  return milliseconds(total);
}

std::string to_text(milliseconds duration) {
  std::string out;
  std::int64_t left = duration.count();
  for (const Unit& unit : kUnits) {
    if (left >= unit.in_ms) out += concat(left / unit.in_ms, unit.name);
    left %= unit.in_ms;
  }
  return out.empty() ? "0s" : out;
}

}  // namespace pppol2tp::config
