#include "agent/base/output.h"

#include <cerrno>
#include <cstdio>

namespace pppol2tp {

Result<void> write_output(std::string_view text) {
  const bool is_written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!is_written) return fail_errno(errno, "standard output");
  return {};
}

}  // namespace pppol2tp
