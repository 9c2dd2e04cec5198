// One YAML document from a text, and errors that say where in it something is wrong. Inside
// agent/config only: it shows yaml-cpp.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"

namespace pppol2tp::config {

inline constexpr std::size_t kMaxFileBytes = 1 << 20;

// The document's tree. Fails on what is no YAML, on a second document, and on text larger than
// kMaxFileBytes. Throws nothing.
Result<YAML::Node> parse_yaml(const std::string& text, std::string_view file);

// The error, with where in the file it is: "file:line: ".
Error at(std::string_view file, const YAML::Mark& mark, const Error& error);

// "a list", "a mapping", ..
std::string_view kind_of(const YAML::Node& node);

std::string join(const std::vector<std::string>& words);

}  // namespace pppol2tp::config
