// What a subverted agent could send to the process that asks the kernel for it: bytes that are
// accepted as a question are a valid question, byte for byte.
#include <cstring>
#include <vector>

#include "agent/collectors/kernel_messages.h"
#include "tests/fuzz/expect.h"

using namespace pppol2tp::collectors;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A copy of exactly its size, so that AddressSanitizer detects a read past its end.
  const std::vector<std::uint8_t> bytes(data, data + size);
  if (const auto questions = decode_questions(bytes)) {
    pppol2tp::fuzz::expect(encode(*questions) == bytes, "a question is what encode() makes");
  }
  static_cast<void>(decode_report(bytes));
  return 0;
}
