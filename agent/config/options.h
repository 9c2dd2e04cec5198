// The rows of options.def as data: each option's description, and how to compare its values.
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
  std::string (*value)(const Config& config);  // on one line, as in the file
  void (*copy)(Config& to, const Config& from);
};

// In the order of options.def.
std::span<const Option> options();

struct Difference {
  std::string_view key;
  Change change;
  std::string before;
  std::string after;
};

// Copies the options that a reload may change; the others keep their values.
void take_reloadable(Config& config, const Config& fresh);

// The options that differ between the two.
std::vector<Difference> differences(const Config& before, const Config& after);

}  // namespace pppol2tp::config
