// The web configuration: any text is accepted, or refused with a reason in one line; what is
// accepted can be put into headers and given to crypt(3).
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "agent/config/web_config.h"
#include "tests/fuzz/expect.h"

namespace {

void expect_header(const std::string& value) {
  pppol2tp::fuzz::expect(
      std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; }),
      "a header's value is one line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pppol2tp;
  const auto config =
      config::parse_web(std::string(reinterpret_cast<const char*>(data), size), "file");
  if (!config) {
    fuzz::expect_one_line(config.error().message);
    fuzz::expect(config.error().message.starts_with("file:"), "the file is named");
    return 0;
  }
  const config::HeaderConfig& headers = config->headers;
  for (const std::string* value :
       {&headers.content_security_policy, &headers.x_frame_options, &headers.x_content_type_options,
        &headers.x_xss_protection, &headers.strict_transport_security}) {
    expect_header(*value);
  }
  for (const auto& [name, hash] : config->users) {
    fuzz::expect(hash.size() == 60 && hash.starts_with("$2"), "a user has a bcrypt hash");
  }
  return 0;
}
