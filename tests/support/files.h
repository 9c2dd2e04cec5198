// Files of the source tree that tests compare with. With PPPOL2TP_UPDATE=1 they are rewritten
// instead, so that the review shows the change as text.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace pppol2tp::test {

inline std::string source_path(const std::string& name) {
  return std::string(PPPOL2TP_SOURCE_DIR) + "/" + name;
}

// The file's contents; when an update was requested, `now` is written to it first.
inline std::string expected_file(const std::string& name, const std::string& now) {
  if (std::getenv("PPPOL2TP_UPDATE") != nullptr) std::ofstream(source_path(name)) << now;
  std::ostringstream text;
  text << std::ifstream(source_path(name)).rdbuf();
  return text.str();
}

}  // namespace pppol2tp::test
