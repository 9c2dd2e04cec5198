#include "agent/config/options.h"

#include <array>

#include "agent/config/rules.h"

namespace pppol2tp::config {
namespace {

using namespace std::chrono_literals;

constexpr Option kOptions[] = {
#define OPTION(key, field, rule, change, help)                 \
  {key,                                                        \
   Change::change,                                             \
   help,                                                       \
   [] { return (rule).allowed(); },                            \
   [](const Config& config) { return to_text(config.field); }, \
   [](Config& to, const Config& from) { to.field = from.field; }},
#include "agent/config/options.def"
#undef OPTION
};

}  // namespace

std::span<const Option> options() {
  return kOptions;
}

void take_reloadable(Config& config, const Config& fresh) {
  for (const Option& option : options()) {
    if (option.change == Change::reload) option.copy(config, fresh);
  }
}

std::vector<Difference> differences(const Config& before, const Config& after) {
  std::vector<Difference> out;
  for (const Option& option : options()) {
    std::string old_value = option.value(before);
    std::string new_value = option.value(after);
    if (old_value != new_value) {
      out.push_back({option.key, option.change, std::move(old_value), std::move(new_value)});
    }
  }
  return out;
}

}  // namespace pppol2tp::config
