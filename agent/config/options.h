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
  void (*copy)(Config& to, const Config& from);
};

// In the order of the table.
std::span<const Option> options();

struct Difference {
  std::string_view key;
  Change change;
  std::string before;
  std::string after;
};

// Takes over what a reload may change, and leaves the rest as it is in force.
void take_reloadable(Config& config, const Config& fresh);

// The options that are not the same in both.
std::vector<Difference> differences(const Config& before, const Config& after);

}  // namespace pppol2tp::config
