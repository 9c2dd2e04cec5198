// A whole session without a ring: frames, phases and signals in any order, up to its end. Input,
// repeated: the event, a number, and for a frame its length and bytes.
#include <csignal>

#include "plugin/session_reporter.h"
#include "tests/fuzz/fuzz.h"

using namespace pppol2tp;
using namespace pppol2tp::fuzz;

namespace {

void pass_frame(SessionReporter& reporter, const Input::Bytes& frame, bool incoming,
                std::uint64_t now_ns) {
  std::uint16_t protocol = 0;
  ControlPacket packet{};
  const FrameKind kind = classify_frame(frame.data.get(), frame.size, &protocol, &packet);
  if (kind == kFrameLcp || kind == kFrameAuthentication) {
    reporter.packet_passed(protocol, packet, incoming, now_ns);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  ring::Publisher publisher;  // never opened: keeps the state, and publishes nothing
  SessionReporter reporter(publisher);
  std::uint64_t now_ns = 1;
  while (!input.is_empty()) {
    const std::uint8_t what = input.byte();
    const std::uint8_t number = input.byte();
    now_ns += std::uint64_t{number} * 10'000'000 + 1;
    switch (what % 6) {
      case 0:
      case 1:
        pass_frame(reporter, input.bytes(number), what % 6 == 1, now_ns);
        break;
      case 2:
        reporter.phase_entered(number % 14 - 1, what / 6, now_ns);
        break;
      case 3:
        reporter.link_down(number % 24);
        break;
      case 4:
        reporter.signal_received(number % 2 == 0 ? SIGTERM : SIGHUP);
        break;
      default:
        reporter.report_echo(now_ns);
    }
  }
  reporter.end(input.byte(), now_ns);
  const ring::SessionState& state = publisher.state();
  must(state.end.cause != ring::Cause::none);
  must(static_cast<int>(state.end.cause) < ring::kCauseCount);
  must_be_printable(state.end.peer_text);
  must_be_printable(state.attempts.claimed_name);
  return 0;
}
