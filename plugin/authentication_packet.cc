#include "plugin/authentication_packet.h"

namespace pppol2tp {
namespace {

using Kind = AuthenticationPacket::Kind;
using ring::AuthenticationProtocol;

// Whether the packet begins with a length and that many bytes; the length may be wrong.
bool begins_with_value(const ControlPacket& packet) {
  return packet.data_bytes >= 1 && packet.data[0] <= packet.data_bytes - 1;
}

// RFC 1334, section 2.2: length and name, then length and password.
AuthenticationPacket parse_pap(const ControlPacket& packet) {
  switch (packet.code) {
    case 1: {
      if (!begins_with_value(packet)) {
        return {};
      }
      return {Kind::answer, packet.data + 1, packet.data[0]};
    }
    case 2:
      return {Kind::success};
    case 3:
      return {Kind::failure};
    default:
      return {};
  }
}

// RFC 1994, section 4.1: length and value, then the name up to the packet's end.
AuthenticationPacket named_value(Kind kind, const ControlPacket& packet) {
  if (!begins_with_value(packet)) {
    return {};
  }
  const std::size_t before = std::size_t{1} + packet.data[0];
  return {kind, packet.data + before, packet.data_bytes - before};
}

AuthenticationPacket parse_chap(const ControlPacket& packet) {
  switch (packet.code) {
    case 1:
      return named_value(Kind::challenge, packet);
    case 2:
      return named_value(Kind::answer, packet);
    case 3:
      return {Kind::success};
    case 4:
      return {Kind::failure};
    default:
      return {};
  }
}

// RFC 3748, section 4: a Response begins with its type; that of type Identity is the name.
AuthenticationPacket parse_eap(const ControlPacket& packet) {
  constexpr std::uint8_t kIdentity = 1;
  switch (packet.code) {
    case 2:
      if (packet.data_bytes < 1) {
        return {};
      }
      if (packet.data[0] != kIdentity) {
        return {Kind::answer};
      }
      return {Kind::answer, packet.data + 1, packet.data_bytes - 1};
    case 3:
      return {Kind::success};
    case 4:
      return {Kind::failure};
    default:
      return {};
  }
}

AuthenticationProtocol chap_with(std::uint8_t algorithm) {
  switch (algorithm) {
    case 0x05:
      return AuthenticationProtocol::chap_md5;
    case 0x80:
      return AuthenticationProtocol::mschap;
    case 0x81:
      return AuthenticationProtocol::mschap_v2;
    default:
      return AuthenticationProtocol::none;
  }
}

}  // namespace

AuthenticationPacket parse_authentication(std::uint16_t protocol, const ControlPacket& packet) {
  switch (protocol) {
    case kProtocolPap:
      return parse_pap(packet);
    case kProtocolChap:
      return parse_chap(packet);
    case kProtocolEap:
      return parse_eap(packet);
    default:
      return {};
  }
}

AuthenticationProtocol requested_authentication(const LcpOption& option) {
  if (option.type != kLcpOptionAuthentication || option.bytes < 4) {
    return AuthenticationProtocol::none;
  }
  switch (option.data[0] << 8 | option.data[1]) {
    case kProtocolPap:
      return AuthenticationProtocol::pap;
    case kProtocolChap:
      return option.bytes >= 5 ? chap_with(option.data[2]) : AuthenticationProtocol::none;
    case kProtocolEap:
      return AuthenticationProtocol::eap;
    default:
      return AuthenticationProtocol::none;
  }
}

}  // namespace pppol2tp
