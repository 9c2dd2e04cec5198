// Who tried to prove itself to whom, by what protocol, and whether it succeeded: from the frames
// that pass, since pppd tells its plugins of success only.
//
//   LCP Configure-Ack   says which protocol each side has to use, and starts all over
//   an answer           arms the side that has to prove itself
//   success, failure    from the side that asked: counted when the other is armed
//
// Answers and results are sent again when they get lost, so each counts once: CHAP and EAP give a
// new try a new identifier; PAP, which does not keep its identifiers (RFC 1334, section 2.2.1),
// tries once for each time that LCP comes up. A result that nobody asked for counts nothing,
// whatever a peer sends.
//
// Owns nothing outside; one thread.
#pragma once

#include <array>
#include <cstdint>

#include "plugin/control_frames.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp {

class AuthenticationWatch {
 public:
  void lcp_acknowledged(const ControlPacket& configure_ack, bool incoming);

  // A packet of `protocol`: PAP, CHAP or EAP. True: a result was counted in attempts().
  bool packet_passed(std::uint16_t protocol, const ControlPacket& packet, bool incoming,
                     std::uint64_t now_ns);

  const ring::AttemptsSection& attempts() const { return attempts_; }

 private:
  struct Exchange {
    ring::AuthenticationProtocol agreed;
    bool is_armed;
    bool is_concluded;
    std::uint8_t armed_identifier;
    std::uint8_t concluded_identifier;
  };

  void answered(Exchange& exchange, std::uint8_t identifier);
  bool concluded(ring::AuthenticationDirection direction, ring::AuthenticationResult result,
                 std::uint64_t now_ns);

  std::array<Exchange, ring::kAuthenticationDirections> exchanges_{};  // by direction
  ring::AttemptsSection attempts_{};
};

}  // namespace pppol2tp
