// Files of the source tree that tests compare with. Set PPPOL2TP_UPDATE=1 to rewrite them instead,
// and let the review show the change as text.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace pppol2tp::test {

inline std::string source_path(const std::string& name) {
  return std::string(PPPOL2TP_SOURCE_DIR) + "/" + name;
}

// What the file holds; when an update was asked for, `now` is written there first.
inline std::string expected_file(const std::string& name, const std::string& now) {
  if (std::getenv("PPPOL2TP_UPDATE") != nullptr) std::ofstream(source_path(name)) << now;
  std::ostringstream text;
  text << std::ifstream(source_path(name)).rdbuf();
  return text.str();
}

}  // namespace pppol2tp::test
