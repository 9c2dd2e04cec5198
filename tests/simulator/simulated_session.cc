#include "tests/simulator/simulated_session.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "plugin/process_facts.h"

namespace pppol2tp::simulator {
namespace {

using ring::Cause;
using ring::Phase;

// L2TPv2's ids have 16 bits. A peer that dials again gets the other half's id, so that ids come
// back, but not at once.
constexpr std::uint32_t kSecondLife = 32768;
constexpr std::uint32_t kMeanPacketBytes = 700;

// Where sessions of a host go, other than on request: most are ended by their peers.
constexpr Cause kEnds[] = {Cause::peer_request, Cause::peer_request, Cause::peer_request,
                           Cause::user_request, Cause::echo_timeout, Cause::hangup};

void put_ipv4(std::uint8_t* place, std::uint8_t net, std::uint32_t host) {
  const std::uint8_t address[4] = {net, static_cast<std::uint8_t>(host >> 16),
                                   static_cast<std::uint8_t>(host >> 8),
                                   static_cast<std::uint8_t>(host)};
  std::memcpy(place, address, sizeof address);
}

}  // namespace

SimulatedSession::SimulatedSession(std::uint32_t number, std::uint32_t tunnels,
                                   const Habits& habits, ring::Segment& segment, Truth& truth)
    : habits_(habits),
      segment_(segment),
      truth_(truth),
      number_(number),
      tunnels_(tunnels),
      random_(number * 2654435761u + 1),
      // A few sessions carry most of a host's traffic.
      bytes_per_second_(std::exp(std::normal_distribution<>(9, 2)(random_))) {}

std::uint64_t SimulatedSession::between_ms(std::uint32_t low, std::uint32_t high) {
  return std::uniform_int_distribution<std::uint64_t>(low, high)(random_) * kMillisecond;
}

double SimulatedSession::share() {
  return std::uniform_real_distribution<>(0, 1)(random_);
}

ring::SessionIdentity SimulatedSession::identity() const {
  static const std::uint64_t netns = own_network_namespace();
  static const std::uint64_t start_ticks = own_start_ticks();
  ring::SessionIdentity who{};
  who.netns = netns;
  who.start_ticks = start_ticks;
  who.pid = static_cast<std::uint32_t>(getpid());
  who.tunnel_id = 1 + number_ % tunnels_;
  who.session_id = 1 + number_ / tunnels_ + lives_had_ % 2 * kSecondLife;
  who.peer_tunnel_id = who.tunnel_id + 1000;
  who.peer_session_id = who.session_id;
  std::snprintf(who.ifname, sizeof who.ifname, "sim%u", number_);
  return who;
}

void SimulatedSession::open(std::uint64_t now_ns) {
  publisher_.emplace();
  publisher_->open_in(segment_, identity());
  ring::OpenedSection opened{};
  opened.opened_ns = now_ns;
  opened.role = ring::Role::lns;
  opened.send_sequence = opened.receive_sequence = number_ % 8 == 0;
  opened.reorder_timeout_ms = number_ % 16 == 0 ? 100 : 0;
  opened.stats_interval_ms = static_cast<std::uint32_t>(habits_.interval_ns / kMillisecond);
  opened.peer_family = ring::Family::ipv4;
  opened.peer_port = 1701;
  put_ipv4(opened.peer_address, 192, number_ % tunnels_);
  std::snprintf(opened.ipparam, sizeof opened.ipparam, "simulated");
  std::snprintf(opened.plugin_version, sizeof opened.plugin_version, "%s", PPPOL2TP_VERSION);
  std::snprintf(opened.pppd_version, sizeof opened.pppd_version, "simulated");
  publisher_->publish(opened);
  ++truth_.starts;
}

void SimulatedSession::enter(Phase phase, std::uint64_t now_ns) {
  ring::PhaseSection section = publisher_->state().phase;
  section.previous = section.current;
  section.current = section.furthest = phase;
  section.entered_ns = now_ns;
  if (phase == Phase::establish) section.establish_ns = now_ns;
  if (phase == Phase::authenticate) section.authenticate_ns = now_ns;
  if (phase == Phase::network) section.network_ns = now_ns;
  if (phase == Phase::running) section.running_ns = now_ns;
  publisher_->publish(section);
}

void SimulatedSession::bring_up_link(std::uint64_t now_ns) {
  publisher_->publish(ring::LinkSection{now_ns, 1400, 1400, 1500, 1460});
  publisher_->publish(ring::AccmSection{0, 0, 1, {}});
}

void SimulatedSession::attempt(ring::AuthenticationResult result, std::uint64_t now_ns) {
  ring::AttemptsSection section = publisher_->state().attempts;
  section.latest_ns = now_ns;
  section.protocol = ring::AuthenticationProtocol::chap_md5;
  section.direction = ring::AuthenticationDirection::of_peer;
  section.result = result;
  ++section.counts[static_cast<int>(section.direction)][static_cast<int>(section.protocol) - 1]
                  [static_cast<int>(result)];
  std::snprintf(section.claimed_name, sizeof section.claimed_name, "user%u@simulated.example",
                number_);
  publisher_->publish(section);
}

void SimulatedSession::authenticate(std::uint64_t now_ns) {
  ring::AuthenticationSection section{};
  section.finished_ns = now_ns;
  section.peer_authenticated = 1;
  std::snprintf(section.peer_name, sizeof section.peer_name, "user%u@simulated.example", number_);
  publisher_->publish(section);
}

void SimulatedSession::bring_up_network(std::uint64_t now_ns) {
  ring::NetworkSection ipv4{};
  ipv4.changed_ns = now_ns;
  ipv4.up = 1;
  put_ipv4(ipv4.local_address, 10, 1);
  put_ipv4(ipv4.remote_address, 10, number_ + 2);
  publisher_->publish_ipv4(ipv4);
}

void SimulatedSession::fall_back_to(Phase phase, std::uint64_t now_ns) {
  ring::PhaseSection section = publisher_->state().phase;
  section.previous = section.current;
  section.current = phase;
  section.direction = ring::Direction::down;
  section.entered_ns = now_ns;
  publisher_->publish(section);
}

void SimulatedSession::take_down_network(std::uint64_t now_ns) {
  fall_back_to(Phase::network, now_ns);
  ring::NetworkSection ipv4 = publisher_->state().ipv4;
  ipv4.changed_ns = now_ns;
  ipv4.up = 0;
  publisher_->publish_ipv4(ipv4);
}

// One phase further; returns when the next is due.
std::uint64_t SimulatedSession::set_up(std::uint64_t now_ns) {
  switch (publisher_->state().phase.current) {
    case Phase::dead:
      enter(Phase::establish, now_ns);
      return now_ns + between_ms(5, 60);
    case Phase::establish:
      bring_up_link(now_ns);
      enter(Phase::authenticate, now_ns);
      return now_ns + between_ms(5, 150);
    case Phase::authenticate:
      if (share() < habits_.failing) {
        attempt(ring::AuthenticationResult::failure, now_ns);
        end(Cause::auth_failed, now_ns);
        return born_again_ns_;
      }
      attempt(ring::AuthenticationResult::success, now_ns);
      authenticate(now_ns);
      enter(Phase::network, now_ns);
      return now_ns + between_ms(5, 40);
    default:
      bring_up_network(now_ns);
      enter(Phase::running, now_ns);
      plan_life(now_ns);
      return std::min(
          ends_ns_,
          now_ns + between_ms(0, static_cast<std::uint32_t>(habits_.interval_ns / kMillisecond)));
  }
}

void SimulatedSession::plan_life(std::uint64_t now_ns) {
  if (habits_.mean_life_s <= 0) return;
  const double seconds = std::exponential_distribution<>(1 / habits_.mean_life_s)(random_);
  ends_ns_ = now_ns + static_cast<std::uint64_t>(seconds * kSecond);
}

// Counts up to now: the last reading is taken when the session ends, as the plugin does.
void SimulatedSession::report(std::uint64_t now_ns) {
  ring::CountersSection counters = publisher_->state().counters;
  const std::uint64_t since =
      counters.read_ns != 0 ? counters.read_ns : publisher_->state().phase.running_ns;
  if (since == 0) return;
  const double seconds = static_cast<double>(now_ns - since) / kSecond;
  const auto received = static_cast<std::uint64_t>(bytes_per_second_ * seconds * (0.5 + share()));
  const auto sent = received / 8;
  counters.read_ns = now_ns;
  counters.receive_bytes += received;
  counters.receive_packets += received / kMeanPacketBytes;
  counters.transmit_bytes += sent;
  counters.transmit_packets += sent / kMeanPacketBytes;
  TrafficTruth& truth = truth_.traffic[number_ % tunnels_];
  truth.receive_bytes += received;
  truth.receive_packets += received / kMeanPacketBytes;
  truth.transmit_bytes += sent;
  truth.transmit_packets += sent / kMeanPacketBytes;
  if (publisher_->state().opened.receive_sequence != 0 && share() < 0.1) {
    ++counters.receive_sequence_discards;
    ++counters.receive_errors;
    ++counters.receive_out_of_sequence;
  }
  publisher_->publish(counters);
  // lcp-echo-interval is three times the plugin's own interval where nothing is configured.
  if (publisher_->state().echo.requests == 0 || share() < 1.0 / 3) echo(now_ns);
}

void SimulatedSession::echo(std::uint64_t now_ns) {
  ring::EchoSection section = publisher_->state().echo;
  section.updated_ns = now_ns;
  ++section.requests;
  if (share() < 0.01) {
    ++section.losses;
  } else {
    section.rtt_latest_ns = between_ms(1, 120) - now_ns % kMillisecond;
    section.rtt_sum_ns += section.rtt_latest_ns;
    ++section.replies;
    const auto bucket = std::lower_bound(ring::kEchoRttBoundsNs.begin(),
                                         ring::kEchoRttBoundsNs.end(), section.rtt_latest_ns);
    ++section.replies_by_rtt[bucket - ring::kEchoRttBoundsNs.begin()];
  }
  publisher_->publish(section);
}

std::uint64_t SimulatedSession::next_report(std::uint64_t now_ns) {
  const auto tenth = static_cast<std::uint32_t>(habits_.interval_ns / kMillisecond / 10);
  return std::min(ends_ns_, now_ns + between_ms(9 * tenth, 11 * tenth));
}

// Through the phases that pppd passes through, in its order (auth.c: link_down, link_terminated).
void SimulatedSession::end(Cause cause, std::uint64_t now_ns) {
  if (publisher_->state().phase.current == Phase::running) take_down_network(now_ns);
  fall_back_to(Phase::establish, now_ns);
  fall_back_to(Phase::disconnect, now_ns);
  report(now_ns);
  fall_back_to(Phase::dead, now_ns);
  ring::EndSection section{};
  section.ended_ns = now_ns;
  section.cause = cause;
  section.reached = publisher_->state().phase.furthest;
  section.exit_status = cause == Cause::user_request ? 5 : 16;
  if (cause == Cause::peer_request) {
    std::snprintf(section.peer_text, sizeof section.peer_text, "simulated");
  }
  publisher_->publish(section);
  publisher_.reset();
  ++truth_.ends[static_cast<std::size_t>(cause)];
  ++lives_had_;
  ends_ns_ = kNever;
  born_again_ns_ = habits_.redial_ns == kNever ? kNever : now_ns + habits_.redial_ns;
}

bool SimulatedSession::drop(Cause cause, std::uint64_t now_ns) {
  if (!lives()) return false;
  end(cause, now_ns);
  return true;
}

std::uint64_t SimulatedSession::step(std::uint64_t now_ns) {
  if (!lives()) {
    if (now_ns < born_again_ns_) return born_again_ns_;
    open(now_ns);
  }
  if (publisher_->state().phase.current != Phase::running) return set_up(now_ns);
  if (now_ns >= ends_ns_) {
    end(kEnds[random_() % std::size(kEnds)], now_ns);
    return born_again_ns_;
  }
  report(now_ns);
  return next_report(now_ns);
}

}  // namespace pppol2tp::simulator
