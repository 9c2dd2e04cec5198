#include "plugin/authentication_watch.h"

#include "plugin/authentication_packet.h"

namespace pppol2tp {
namespace {

using ring::AuthenticationDirection;
using ring::AuthenticationProtocol;
using ring::AuthenticationResult;
using Kind = AuthenticationPacket::Kind;

constexpr std::uint16_t ppp_protocol_of(AuthenticationProtocol protocol) {
  switch (protocol) {
    case AuthenticationProtocol::pap:
      return kProtocolPap;
    case AuthenticationProtocol::chap_md5:
    case AuthenticationProtocol::mschap:
    case AuthenticationProtocol::mschap_v2:
      return kProtocolChap;
    case AuthenticationProtocol::eap:
      return kProtocolEap;
    case AuthenticationProtocol::none:
      break;
  }
  return 0;
}

constexpr std::size_t index_of(AuthenticationDirection direction) {
  return static_cast<std::size_t>(direction);
}

// The exchange that a packet belongs to: answers come from the side that authenticates, everything
// else from the other side.
constexpr AuthenticationDirection direction_of(Kind kind, bool incoming) {
  const bool from_prover = kind == Kind::answer;
  return from_prover == incoming ? AuthenticationDirection::of_peer
                                 : AuthenticationDirection::to_peer;
}

AuthenticationProtocol authentication_in(const ControlPacket& configure) {
  LcpOptions options = {configure.data, configure.data_bytes};
  LcpOption option;
  while (next_lcp_option(&options, &option) != 0) {
    if (option.type == kLcpOptionAuthentication) {
      return requested_authentication(option);
    }
  }
  return AuthenticationProtocol::none;
}

}  // namespace

void AuthenticationWatch::lcp_requested(const ControlPacket& configure_request) {
  request_ = {true, configure_request.identifier, authentication_in(configure_request)};
}

// A side acknowledges what the other side wants: a Configure-Ack from the peer means that the peer
// must authenticate.
void AuthenticationWatch::lcp_acknowledged(const ControlPacket& configure_ack, bool incoming) {
  if (!incoming) {
    agree(AuthenticationDirection::to_peer, authentication_in(configure_ack));
  } else if (request_.is_pending && configure_ack.identifier == request_.identifier) {
    request_.is_pending = false;
    agree(AuthenticationDirection::of_peer, request_.wanted);
  }
}

void AuthenticationWatch::agree(AuthenticationDirection direction,
                                AuthenticationProtocol protocol) {
  exchanges_[index_of(direction)] = {};
  exchanges_[index_of(direction)].agreed = protocol;
}

bool AuthenticationWatch::packet_passed(std::uint16_t protocol, const ControlPacket& packet,
                                        bool incoming, std::uint64_t now_ns) {
  const AuthenticationPacket message = parse_authentication(protocol, packet);
  const AuthenticationDirection direction = direction_of(message.kind, incoming);
  Exchange& exchange = exchanges_[index_of(direction)];
  if (protocol != ppp_protocol_of(exchange.agreed)) {
    return false;
  }
  if (incoming && message.name_bytes != 0) {
    copy_printable(message.name, message.name_bytes, attempts_.claimed_name,
                   sizeof(attempts_.claimed_name));
  }
  switch (message.kind) {
    case Kind::answer:
      answered(exchange, packet.identifier);
      return false;
    case Kind::success:
      return concluded(direction, AuthenticationResult::success, now_ns);
    case Kind::failure:
      return concluded(direction, AuthenticationResult::failure, now_ns);
    case Kind::challenge:
    case Kind::other:
      break;
  }
  return false;
}

void AuthenticationWatch::answered(Exchange& exchange, std::uint8_t identifier) {
  const bool is_repeated =
      exchange.is_concluded && (exchange.agreed == AuthenticationProtocol::pap ||
                                exchange.concluded_identifier == identifier);
  if (!is_repeated) {
    exchange.is_armed = true;
    exchange.armed_identifier = identifier;
  }
}

bool AuthenticationWatch::concluded(AuthenticationDirection direction, AuthenticationResult result,
                                    std::uint64_t now_ns) {
  Exchange& exchange = exchanges_[index_of(direction)];
  if (!exchange.is_armed) {
    return false;
  }
  exchange.is_armed = false;
  exchange.is_concluded = true;
  exchange.concluded_identifier = exchange.armed_identifier;
  attempts_.latest_ns = now_ns;
  attempts_.protocol = exchange.agreed;
  attempts_.direction = direction;
  attempts_.result = result;
  ++attempts_.counts[index_of(direction)][static_cast<std::size_t>(exchange.agreed) - 1]
                    [static_cast<std::size_t>(result)];
  return true;
}

}  // namespace pppol2tp
