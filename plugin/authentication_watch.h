// Which side tried to authenticate to which, by what protocol, and whether it succeeded. This is
// read from the frames, because pppd tells its plugins of success only.
//
//   LCP Configure-Ack   says that each side must use the protocol that the other asked for, and
//                       resets everything
//   an answer           arms the exchange of the side that authenticates
//   success, failure    from the other side: counted if the exchange is armed
//
// Answers and results are repeated when they get lost, but each counts once. CHAP and EAP use a new
// identifier for a new try. PAP changes its identifier with every request (RFC 1334, section
// 2.2.1), so only one try counts for each time that LCP comes up. A result without an answer before
// it counts nothing, whatever a peer sends. Neither can a peer undo its try: what it must use is
// taken from this host's Configure-Request, and only the first acknowledgement of that counts, as
// in pppd (fsm.c, fsm_rconfack).
//
// Owns no resources; one thread.
#pragma once

#include <array>
#include <cstdint>

#include "plugin/control_frames.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp {

class AuthenticationWatch {
 public:
  // A Configure-Request of this host.
  void lcp_requested(const ControlPacket& configure_request);
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

  // What this host asks of the peer.
  struct Request {
    bool is_pending;  // not acknowledged yet
    std::uint8_t identifier;
    ring::AuthenticationProtocol wanted;
  };

  void agree(ring::AuthenticationDirection direction, ring::AuthenticationProtocol protocol);
  void answered(Exchange& exchange, std::uint8_t identifier);
  bool concluded(ring::AuthenticationDirection direction, ring::AuthenticationResult result,
                 std::uint64_t now_ns);

  std::array<Exchange, ring::kAuthenticationDirections> exchanges_{};  // by direction
  Request request_{};
  ring::AttemptsSection attempts_{};
};

}  // namespace pppol2tp
