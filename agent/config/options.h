// The rows of options.def as data: what there is to say and compare about each option.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/config.h"

namespace pppol2tp::config {

// When a new value takes effect.
enum class Change : std::uint8_t { reload, restart };

struct Option {
  std::string_view key;
  Change change;
  std::string_view help;
  std::string (*allowed)();
  std::string (*value)(const Config& config);  // as the file would have it, on one line
};

// In the order of the table.
std::span<const Option> options();

struct Difference {
  std::string_view key;
  Change change;
  std::string before;
  std::string after;
};

// The options that are not the same in both.
std::vector<Difference> differences(const Config& before, const Config& after);

}  // namespace pppol2tp::config
