// LCP's acknowledgements and packets of PAP, CHAP and EAP, in any order and from both sides. Input,
// repeated: direction (1 bit) and protocol, code, identifier, length, data.
#include "plugin/authentication_watch.h"
#include "tests/fuzz/fuzz.h"

using namespace pppol2tp;
using namespace pppol2tp::fuzz;

namespace {

std::uint64_t sum_of(const ring::AttemptsSection& attempts) {
  std::uint64_t sum = 0;
  for (const auto& direction : attempts.counts) {
    for (const auto& protocol : direction) {
      for (const std::uint32_t result : protocol) sum += result;
    }
  }
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint16_t kProtocols[] = {kProtocolLcp, kProtocolPap, kProtocolChap, kProtocolEap};
  Input input(data, size);
  AuthenticationWatch watch;
  std::uint64_t now_ns = 0;
  std::uint64_t results = 0;
  while (!input.is_empty()) {
    const std::uint8_t what = input.byte();
    const bool incoming = (what & 1) != 0;
    const std::uint16_t protocol = kProtocols[(what >> 1) & 3];
    const std::uint8_t code = input.byte();
    const std::uint8_t identifier = input.byte();
    const Input::Bytes payload = input.bytes(input.byte());
    const ControlPacket packet = {code, identifier, payload.data.get(), payload.size};
    const std::uint64_t before = sum_of(watch.attempts());
    if (protocol == kProtocolLcp && code == kLcpConfigureRequest) {
      watch.lcp_requested(packet);
    } else if (protocol == kProtocolLcp) {
      watch.lcp_acknowledged(packet, incoming);
    } else {
      results += watch.packet_passed(protocol, packet, incoming, ++now_ns) ? 1 : 0;
    }
    must(sum_of(watch.attempts()) == results);
    must(results - before <= 1);
    must_be_printable(watch.attempts().claimed_name);
  }
  return 0;
}
