// LCP echos in any order: requests, replies, time that passes. Input, repeated: the event (2 bits)
// and the time that passes before it, an identifier, magic numbers.
#include <numeric>

#include "plugin/lcp_echo.h"
#include "tests/fuzz/fuzz.h"

using namespace pppol2tp;
using namespace pppol2tp::fuzz;

namespace {

void must_add_up(const ring::EchoSection& echo) {
  must(std::uint64_t{echo.replies} + echo.losses <= echo.requests);
  must(std::accumulate(std::begin(echo.replies_by_rtt), std::end(echo.replies_by_rtt),
                       std::uint64_t{0}) == echo.replies);
  must(echo.rtt_latest_ns <= ring::kEchoPatienceNs);
  must(echo.rtt_sum_ns <= echo.replies * ring::kEchoPatienceNs);
  must((echo.updated_ns == 0) == (echo.requests == 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  LcpEcho echo;
  std::uint64_t now_ns = 1'000'000'000;
  while (!input.is_empty()) {
    const std::uint8_t what = input.byte();
    const std::uint64_t step_ns = (what & 4) != 0 ? 100'000'000 : 77'777;
    now_ns += static_cast<std::uint64_t>(what >> 2) * step_ns;
    const std::uint8_t identifier = input.byte();
    const Input::Bytes payload = input.bytes(what & 0x80 ? 8 : 4);
    const ControlPacket packet = {what, identifier, payload.data.get(), payload.size};
    switch (what & 3) {
      case 0:
        echo.request_sent(packet, now_ns);
        break;
      case 1:
        echo.reply_received(packet, now_ns);
        break;
      case 2:
        echo.give_up_late(now_ns);
        break;
      default:
        if (what == 0xff) echo.give_up_all(now_ns);
    }
    must_add_up(echo.measured());
  }
  echo.give_up_all(now_ns);
  must(echo.measured().replies + echo.measured().losses == echo.measured().requests);
  return 0;
}
