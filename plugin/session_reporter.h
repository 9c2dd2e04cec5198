// Turns pppd's events into what is published. Knows no type of pppd's: phases and exit statuses are
// pppd's numbers (phases.def, pppd(8)). Times are CLOCK_BOOTTIME in nanoseconds and come from the
// caller.
//
//   opened             at the first phase change, when all options are known
//   phase_changed      at each phase change
//   link_up            on the way up into AUTHENTICATE, right after LCP has set MTU and MRU
//   accm_negotiated    when both asyncmaps are known
//   authenticated      when the authentication phase is over, even if nobody had to authenticate
//   ipv4/ipv6_changed  when it comes up, and when it goes down after that
//   authentication_attempted  when an authentication has a result
//   echo_measured      with the counters, if there is a new echo, and on exit
//   counters_read      now and then (stats_schedule.h), before the socket is closed, and on exit if
//                      the socket is still open
//   ended              on exit, or when pppd has no link any more but owns a multilink bundle
//
// Owns nothing: the publisher must outlive the reporter. One thread. signal_received() may
// interrupt it at any point; so may end(), if the process dies afterwards.
#pragma once

#include <cstddef>
#include <cstdint>

#include "plugin/authentication_watch.h"
#include "plugin/control_frames.h"
#include "plugin/end_cause.h"
#include "plugin/lcp_echo.h"
#include "plugin/ring/publisher.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp {

class SessionReporter {
 public:
  explicit SessionReporter(ring::Publisher& publisher);

  ring::SegmentStatus open(const char* ring_path, const ring::SessionIdentity& identity,
                           const ring::OpenedSection& opened);

  // The interface's present name; published with the next event.
  void interface_named(const char* name);

  void phase_entered(int phase, int status, std::uint64_t now_ns);

  // What LCP agreed on, and what was then set.
  void transmit_configured(std::uint32_t negotiated_mtu, std::uint32_t mtu);
  void receive_configured(std::uint32_t negotiated_mru, std::uint32_t mru);

  void accm_negotiated(std::uint32_t send, std::uint32_t receive);  // host byte order

  void authenticated(bool peer_authenticated, const char* peer_name, std::uint64_t now_ns);

  // Addresses: four bytes each, in network byte order. When a network goes down, its addresses are
  // kept.
  void ipv4_up(const std::uint8_t* local, const std::uint8_t* remote, std::uint64_t now_ns);
  void ipv4_down(std::uint64_t now_ns);
  // Interface identifiers, eight bytes each: the low halves of fe80::/64 addresses (RFC 5072,
  // section 5).
  void ipv6_up(const std::uint8_t* local_id, const std::uint8_t* remote_id, std::uint64_t now_ns);
  void ipv6_down(std::uint64_t now_ns);

  // A packet of LCP, PAP, CHAP or EAP, on its way in or out.
  void packet_passed(std::uint16_t protocol, const ControlPacket& packet, bool incoming,
                     std::uint64_t now_ns);

  // `counters` were read just now, at read_ns. Publishes them, and the LCP echos if there is
  // anything new.
  void counters_read(const ring::CountersSection& counters);
  // Publishes only the echos.
  void report_echo(std::uint64_t now_ns);
  // An echo was lost, and this is not published yet.
  bool has_lost_echo() const { return echo_.measured().losses != publisher_.state().echo.losses; }

  void link_down(int status) { cause_.link_down(status); }
  void kernel_session_lost() { cause_.kernel_session_lost(); }
  bool end_is_unexplained() const { return cause_.is_unexplained(); }
  void signal_received(int signal) { cause_.signal_received(signal); }  // async-signal-safe

  void end(int exit_status, std::uint64_t now_ns);

 private:
  bool has_new_echo() const;
  void publish_link(std::uint64_t now_ns);
  void lcp_packet_passed(const ControlPacket& packet, bool incoming, std::uint64_t now_ns);

  ring::Publisher& publisher_;
  EndCause cause_;
  LcpEcho echo_;
  AuthenticationWatch authentication_;
  ring::PhaseSection phase_;
  ring::LinkSection link_{};
  std::uint64_t disconnected_ns_ = 0;
};

}  // namespace pppol2tp
