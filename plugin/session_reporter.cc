#include "plugin/session_reporter.h"

#include <cstring>

#include "plugin/phase_course.h"

namespace pppol2tp {
namespace {

using ring::Phase;

template <std::size_t kBytes>
void copy_text(const char* text, char (&out)[kBytes]) {
  const std::size_t length = strnlen(text, kBytes - 1);
  std::memset(out, 0, kBytes);
  std::memcpy(out, text, length);
}

constexpr std::size_t kIpv4Bytes = 4;
constexpr std::size_t kInterfaceIdBytes = 8;

void set_link_local(const std::uint8_t* interface_id, std::uint8_t (&address)[16]) {
  address[0] = 0xfe;
  address[1] = 0x80;
  std::memcpy(address + kInterfaceIdBytes, interface_id, kInterfaceIdBytes);
}

ring::NetworkSection brought_up(std::uint64_t now_ns) {
  ring::NetworkSection section{};
  section.changed_ns = now_ns;
  section.up = 1;
  return section;
}

ring::NetworkSection taken_down(ring::NetworkSection section, std::uint64_t now_ns) {
  section.changed_ns = now_ns;
  section.up = 0;
  return section;
}

}  // namespace

SessionReporter::SessionReporter(ring::Publisher& publisher)
    : publisher_(publisher), phase_(first_phase()) {}

ring::SegmentStatus SessionReporter::open(const char* ring_path,
                                          const ring::SessionIdentity& identity,
                                          const ring::OpenedSection& opened) {
  const ring::SegmentStatus status = publisher_.open(ring_path, identity);
  publisher_.publish(opened);
  return status;
}

void SessionReporter::interface_named(const char* name) {
  copy_text(name, publisher_.identity().ifname);
}

void SessionReporter::phase_entered(int phase, int status, std::uint64_t now_ns) {
  if (phase < 0 || phase >= ring::kPhaseCount) {
    return;
  }
  const auto entered = static_cast<Phase>(phase);
  phase_ = next_phase(phase_, entered, now_ns);
  cause_.phase_entered(entered, phase_.direction, status);
  if (entered == Phase::disconnect && disconnected_ns_ == 0) {
    disconnected_ns_ = now_ns;
  }
  if (entered == Phase::authenticate && phase_.direction == ring::Direction::up) {
    publish_link(now_ns);
  }
  publisher_.publish(phase_);
}

void SessionReporter::transmit_configured(std::uint32_t negotiated_mtu, std::uint32_t mtu) {
  link_.negotiated_mtu_bytes = negotiated_mtu;
  link_.mtu_bytes = mtu;
}

void SessionReporter::receive_configured(std::uint32_t negotiated_mru, std::uint32_t mru) {
  link_.negotiated_mru_bytes = negotiated_mru;
  link_.mru_bytes = mru;
}

void SessionReporter::publish_link(std::uint64_t now_ns) {
  link_.up_ns = now_ns;
  publisher_.publish(link_);
}

void SessionReporter::accm_negotiated(std::uint32_t send, std::uint32_t receive) {
  ring::AccmSection accm{};
  accm.send = send;
  accm.receive = receive;
  accm.known = 1;
  publisher_.publish(accm);
}

void SessionReporter::authenticated(bool peer_authenticated, const char* peer_name,
                                    std::uint64_t now_ns) {
  ring::AuthenticationSection authentication{};
  authentication.finished_ns = now_ns;
  authentication.peer_authenticated = peer_authenticated ? 1 : 0;
  copy_text(peer_name, authentication.peer_name);
  publisher_.publish(authentication);
}

void SessionReporter::ipv4_up(const std::uint8_t* local, const std::uint8_t* remote,
                              std::uint64_t now_ns) {
  ring::NetworkSection network = brought_up(now_ns);
  std::memcpy(network.local_address, local, kIpv4Bytes);
  std::memcpy(network.remote_address, remote, kIpv4Bytes);
  publisher_.publish_ipv4(network);
}

void SessionReporter::ipv4_down(std::uint64_t now_ns) {
  if (publisher_.state().ipv4.up != 0) {
    publisher_.publish_ipv4(taken_down(publisher_.state().ipv4, now_ns));
  }
}

void SessionReporter::ipv6_up(const std::uint8_t* local_id, const std::uint8_t* remote_id,
                              std::uint64_t now_ns) {
  ring::NetworkSection network = brought_up(now_ns);
  set_link_local(local_id, network.local_address);
  set_link_local(remote_id, network.remote_address);
  publisher_.publish_ipv6(network);
}

void SessionReporter::ipv6_down(std::uint64_t now_ns) {
  if (publisher_.state().ipv6.up != 0) {
    publisher_.publish_ipv6(taken_down(publisher_.state().ipv6, now_ns));
  }
}

void SessionReporter::packet_passed(std::uint16_t protocol, const ControlPacket& packet,
                                    bool incoming, std::uint64_t now_ns) {
  if (protocol == kProtocolLcp) {
    lcp_packet_passed(packet, incoming, now_ns);
  } else if (authentication_.packet_passed(protocol, packet, incoming, now_ns)) {
    publisher_.publish(authentication_.attempts());
  }
}

void SessionReporter::lcp_packet_passed(const ControlPacket& packet, bool incoming,
                                        std::uint64_t now_ns) {
  if (packet.code == kLcpConfigureRequest && !incoming) {
    authentication_.lcp_requested(packet);
  } else if (packet.code == kLcpConfigureAck) {
    authentication_.lcp_acknowledged(packet, incoming);
  } else if (packet.code == kLcpTerminateRequest && incoming) {
    cause_.peer_requested(packet.data, packet.data_bytes);
  } else if (packet.code == kLcpEchoRequest && !incoming) {
    echo_.request_sent(packet, now_ns);
  } else if (packet.code == kLcpEchoReply && incoming) {
    echo_.reply_received(packet, now_ns);
  }
}

void SessionReporter::report_echo(std::uint64_t now_ns) {
  echo_.give_up_late(now_ns);
  if (has_new_echo()) {
    publisher_.publish(echo_.measured());
  }
}

bool SessionReporter::has_new_echo() const {
  return echo_.measured().updated_ns != publisher_.state().echo.updated_ns;
}

void SessionReporter::counters_read(const ring::CountersSection& counters) {
  echo_.give_up_late(counters.read_ns);
  if (has_new_echo()) {
    publisher_.publish(counters, echo_.measured());
  } else {
    publisher_.publish(counters);
  }
}

void SessionReporter::end(int exit_status, std::uint64_t now_ns) {
  ring::EndSection end = cause_.conclude(exit_status);
  // The session is over when its socket is closed; pppd itself may still wait for scripts, or hold
  // off, for long.
  end.ended_ns = disconnected_ns_ != 0 ? disconnected_ns_ : now_ns;
  end.reached = phase_.furthest;
  if (end.cause == ring::Cause::echo_timeout || end.cause == ring::Cause::kernel_session_lost) {
    echo_.give_up_all(now_ns);  // no answer will come, even within kEchoPatienceNs
  }
  report_echo(now_ns);
  publisher_.publish(end);
}

}  // namespace pppol2tp
