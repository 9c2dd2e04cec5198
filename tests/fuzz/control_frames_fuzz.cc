// One frame, as pppd's snoop hooks get it: its kind, its options, its text. Input: the room for
// text, then the frame.
#include "plugin/accm.h"
#include "plugin/authentication_packet.h"
#include "plugin/control_frames.h"
#include "tests/fuzz/fuzz.h"

using namespace pppol2tp;
using namespace pppol2tp::fuzz;

namespace {

bool is_within(const std::uint8_t* part, std::size_t size, const Input::Bytes& whole) {
  return part >= whole.data.get() && part + size <= whole.data.get() + whole.size;
}

void walk_options(const ControlPacket& packet, const Input::Bytes& frame) {
  LcpOptions options = {packet.data, packet.data_bytes};
  LcpOption option;
  std::size_t walked = 0;
  AccmNegotiation accm{};
  while (next_lcp_option(&options, &option) != 0) {
    must(option.bytes >= 2);
    must(is_within(option.data, option.bytes - 2u, frame));
    walked += option.bytes;
    requested_authentication(option);
    if (option.type == kLcpOptionAsyncMap && option.bytes == 2 + kLcpAsyncMapBytes) {
      std::uint32_t map;
      std::memcpy(&map, option.data, sizeof map);
      note_acknowledged_accm(&accm, map, packet.code & 1);
    }
  }
  must(walked <= packet.data_bytes);
}

void copy_text(const ControlPacket& packet, std::size_t room) {
  const auto out = std::make_unique<char[]>(room);
  copy_printable(packet.data, packet.data_bytes, out.get(), room);
  if (room == 0) return;
  const auto* const end = static_cast<const char*>(std::memchr(out.get(), '\0', room));
  must(end != nullptr);
  must(std::all_of(static_cast<const char*>(out.get()), end,
                   [](char c) { return c >= 0x20 && c < 0x7f; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::size_t room = input.byte();
  const Input::Bytes frame = input.rest();
  std::uint16_t protocol = 0;
  ControlPacket packet{};
  const FrameKind kind = classify_frame(frame.data.get(), frame.size, &protocol, &packet);
  if (kind != kFrameLcp && kind != kFrameAuthentication) return 0;
  must(is_within(packet.data, packet.data_bytes, frame));
  if (kind == kFrameLcp) {
    walk_options(packet, frame);
  } else {
    const AuthenticationPacket message = parse_authentication(protocol, packet);
    must(message.name == nullptr || is_within(message.name, message.name_bytes, frame));
  }
  copy_text(packet, room);
  return 0;
}
