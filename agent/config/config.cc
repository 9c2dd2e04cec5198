#include "agent/config/config.h"

#include <chrono>

#include "agent/base/file.h"
#include "agent/config/rules.h"
#include "agent/config/yaml_reader.h"

namespace pppol2tp::config {
namespace {

using namespace std::chrono_literals;

constexpr Row<Config> kRows[] = {
#define OPTION(key, field, rule, change, help)                       \
  {key,                                                              \
   [](const YAML::Node& node, Config& config, YAML::Mark& culprit) { \
     return config::read(node, rule, config.field, culprit);         \
   },                                                                \
   [] { return (rule).allowed(); }},
#include "agent/config/options.def"
#undef OPTION
};

}  // namespace

Result<Config> parse(const std::string& text, std::string_view name) {
  return read_yaml<Config>(text, name, kRows);
}

Result<Config> load(const std::string& path) {
  const auto text = read_file(path, kMaxFileBytes);
  if (!text) return text.error();
  return parse(*text, path);
}

}  // namespace pppol2tp::config
