// Parses packets of PAP, CHAP and EAP: who tries to authenticate to whom, and the result. Secrets
// and responses are never looked at.
//
// Pure, bounds-checked; any thread. Views are valid as long as the packet is.
#pragma once

#include <cstddef>
#include <cstdint>

#include "plugin/control_frames.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp {

struct AuthenticationPacket {
  enum class Kind : std::uint8_t {
    other,      // or malformed: pppd drops it without an answer
    challenge,  // CHAP's, with the authenticator's name
    answer,     // with the name of the side that authenticates; in EAP, only the Identity has it
    success,
    failure,
  };
  Kind kind = Kind::other;
  const std::uint8_t* name = nullptr;  // as in the packet; not terminated
  std::size_t name_bytes = 0;
};

// `protocol`: kProtocolPap, kProtocolChap or kProtocolEap.
AuthenticationPacket parse_authentication(std::uint16_t protocol, const ControlPacket& packet);

// The protocol that LCP's option Authentication-Protocol (RFC 1661, section 6.2; RFC 1994, section
// 3) asks for; none if pppd does not know it.
ring::AuthenticationProtocol requested_authentication(const LcpOption& option);

}  // namespace pppol2tp
