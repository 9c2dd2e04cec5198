// Finds out why a session ended. pppd's exit status does not tell: it is overwritten on the way
// down (a peer's Terminate-Request, an echo failure and a peer that never answered all exit with
// 16, as if the line had hung up). So the first of these is kept:
//
//   a request by signal (SIGTERM, SIGINT, SIGHUP)       when it is delivered
//   an LCP Terminate-Request from the peer              when it is received
//   the loss of the kernel's session                    when it is noticed
//   pppd's present status, on the way down              on entering TERMINATE, at link_down,
//                                                       on entering DISCONNECT
//   LCP was closed here in NETWORK or RUNNING, and      on entering TERMINATE
//   the status says nothing
//   the exit status                                     if there was nothing else
//
// There are two exceptions. A peer may terminate a negotiation that then goes on (RFC 1661, section
// 4.3: in Ack-Rcvd and Ack-Sent the automaton starts over), so a link that moves up again forgets.
// And a crash is the cause even if the session was ending already, because somebody must look at
// it.
//
// While a link comes up, pppd's status already names the failure that it would end with (8 while
// connecting, 10 until the first network protocol is up); these two are evaluated at DISCONNECT
// only. pppd has no status of its own for closing LCP because there is no network protocol to carry
// ("No network protocols running", "MPPE required but not available"): it stays 10, or 0 if one
// was up before.
//
// One thread; signal_received() may interrupt it at any point.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "plugin/ring/session_state.h"

namespace pppol2tp {

// Whether the loss of the kernel's session may be behind it that pppd closes LCP with this status.
bool may_hide_a_loss(int status);

class EndCause {
 public:
  // Async-signal-safe.
  void signal_received(int signal);

  void peer_requested(const std::uint8_t* text, std::size_t text_bytes);

  // `status` is what pppd would exit with now: pppd(8), EXIT STATUS.
  void phase_entered(ring::Phase phase, ring::Direction direction, int status);
  void link_down(int status);

  // The kernel's session went away under the link.
  void kernel_session_lost();
  // Whether only `status` says why the link ends.
  bool is_unexplained() const;

  // The whole EndSection except for the time and the phase reached. Async-signal-safe.
  ring::EndSection conclude(int exit_status) const;

 private:
  void latch(ring::Cause cause);
  void latch_conclusive(int status);
  void latch_request();
  void latch_network_failure(int status);
  void forget();

  std::atomic<int> request_signal_{0};  // the first of SIGTERM, SIGINT, SIGHUP
  std::atomic<int> fatal_signal_{0};    // any other that pppd reports: it is about to die of it
  ring::Cause cause_ = ring::Cause::none;
  ring::Phase phase_ = ring::Phase::initialize;  // the present one
  bool over_ = false;  // the channel was closed: later events are not this session's
  char peer_text_[sizeof(ring::EndSection::peer_text)] = "";
};

}  // namespace pppol2tp
