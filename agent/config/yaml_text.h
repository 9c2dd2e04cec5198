// One YAML document from a text, and errors that say where in the text a problem is. For use inside
// agent/config only: it exposes yaml-cpp.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"

namespace pppol2tp::config {

inline constexpr std::size_t kMaxFileBytes = 1 << 20;

// The document's tree. Fails if the text is not YAML, has a second document, or is larger than
// kMaxFileBytes. Does not throw.
Result<YAML::Node> parse_yaml(const std::string& text, std::string_view file);

// The error with its position in the file: "file:line: ".
Error at(std::string_view file, const YAML::Mark& mark, const Error& error);

// "a list", "a mapping", ..
std::string_view kind_of(const YAML::Node& node);

std::string join(const std::vector<std::string>& words);

}  // namespace pppol2tp::config
