// The agent's configuration: any text is accepted, or refused with a reason in one line.
#include <cstddef>
#include <cstdint>
#include <string>

#include "agent/config/config.h"
#include "agent/config/options.h"
#include "tests/fuzz/expect.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pppol2tp;
  const auto config = config::parse(std::string(reinterpret_cast<const char*>(data), size), "file");
  if (!config) {
    fuzz::expect_one_line(config.error().message);
    fuzz::expect(config.error().message.starts_with("file:"), "the file is named");
    return 0;
  }
  for (const config::Option& option : config::options()) {
    fuzz::expect_one_line(option.value(*config));
  }
  return 0;
}
