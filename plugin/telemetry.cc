#include "plugin/telemetry.h"

#include <arpa/inet.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "plugin/end_cause.h"
#include "plugin/kernel_watch.h"
#include "plugin/process_facts.h"
#include "plugin/ring/process_id.h"
#include "plugin/ring/publisher.h"
#include "plugin/session_reporter.h"
#include "plugin/socket_facts.h"
#include "plugin/stats_schedule.h"

namespace pppol2tp {
namespace {

struct Telemetry {
  Telemetry(std::uint32_t interval_ms, std::uint64_t seed, const ring::SessionIdentity& identity)
      : reporter(publisher),
        schedule(interval_ms, seed),
        kernel(look_for_session, identity.tunnel_id, identity.session_id) {}

  ring::Publisher publisher;
  SessionReporter reporter;
  StatsSchedule schedule;
  KernelWatch kernel;
  pid_t owner = ring::own_pid();
  ring::SegmentStatus status = ring::SegmentStatus::absent;
  int error = 0;  // errno of the last attempt to attach, if the status is system_error
  bool trouble_told = false;
};

// Never destroyed: pppd ends by exit(3), and the kernel does the rest.
alignas(Telemetry) std::byte storage[sizeof(Telemetry)];

// Null before the session is opened, and in processes that must be silent. Atomic only because of
// the signal handlers.
std::atomic<Telemetry*> active{nullptr};
static_assert(std::atomic<Telemetry*>::is_always_lock_free);

// 1 while a call is in progress: tells the handler of a fatal signal whether it interrupted us.
volatile std::sig_atomic_t busy = 0;

void note_status(Telemetry& telemetry, ring::SegmentStatus status) {
  telemetry.error = status == ring::SegmentStatus::system_error ? errno : 0;
  telemetry.status = status;
}

// One call of the interface, from entry to return.
class Visit {
 public:
  Visit() : telemetry_(active.load(std::memory_order_relaxed)) {
    busy = 1;
    if (telemetry_ != nullptr && telemetry_->owner != ring::own_pid()) {
      adopt();
    }
  }
  ~Visit() {
    busy = 0;
    errno = errno_;
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  explicit operator bool() const { return telemetry_ != nullptr; }
  Telemetry* operator->() const { return telemetry_; }
  Telemetry& operator*() const { return *telemetry_; }

 private:
  void adopt() {
    telemetry_->owner = ring::own_pid();
    telemetry_->publisher.adopt_after_fork(static_cast<std::uint32_t>(telemetry_->owner),
                                           own_start_ticks());
  }

  int errno_ = errno;
  Telemetry* telemetry_;
};

template <std::size_t kBytes>
void copy_text(const char* text, char (&out)[kBytes]) {
  std::memcpy(out, text, strnlen(text, kBytes - 1));  // `out` was zeroed
}

SocketFacts facts_of(const TelemetryOpening& opening) {
  SocketFacts facts{};
  if (!read_socket_name(opening.fd, facts)) {
    facts.tunnel_id = static_cast<std::uint32_t>(opening.tunnel_id);
    facts.session_id = static_cast<std::uint32_t>(opening.session_id);
  }
  return facts;
}

ring::SessionIdentity identity_of(const SocketFacts& facts) {
  ring::SessionIdentity identity{};
  identity.netns = own_network_namespace();
  identity.start_ticks = own_start_ticks();
  identity.pid = static_cast<std::uint32_t>(ring::own_pid());
  identity.tunnel_id = facts.tunnel_id;
  identity.session_id = facts.session_id;
  identity.peer_tunnel_id = facts.peer_tunnel_id;
  identity.peer_session_id = facts.peer_session_id;
  return identity;
}

ring::OpenedSection opened_of(const TelemetryOpening& opening, const SocketFacts& facts,
                              std::uint32_t interval_ms) {
  ring::OpenedSection opened{};
  opened.opened_ns = ring::now_ns();
  opened.role = opening.is_lns != 0 ? ring::Role::lns : ring::Role::lac;
  opened.send_sequence = opening.send_sequence != 0 ? 1 : 0;
  opened.receive_sequence = opening.receive_sequence != 0 ? 1 : 0;
  opened.reorder_timeout_ms = static_cast<std::uint32_t>(opening.reorder_timeout_ms);
  opened.debug_mask = static_cast<std::uint32_t>(opening.debug_mask);
  opened.stats_interval_ms = interval_ms;
  opened.peer_family = facts.peer_family;
  opened.peer_port = facts.peer_port;
  std::memcpy(opened.peer_address, facts.peer_address, sizeof(opened.peer_address));
  if (opening.ipparam != nullptr) {
    copy_text(opening.ipparam, opened.ipparam);
  }
  copy_text(PPPOL2TP_VERSION, opened.plugin_version);
  copy_text(opening.pppd_version, opened.pppd_version);
  return opened;
}

void publish_statistics(Telemetry& telemetry, int fd, std::uint64_t now_ns) {
  if (!telemetry.schedule.reads_statistics()) {
    return;
  }
  ring::CountersSection counters;
  if (fd >= 0 && read_counters(fd, counters)) {
    counters.read_ns = now_ns;
    telemetry.reporter.counters_read(counters);
  } else {
    telemetry.reporter.report_echo(now_ns);
  }
}

void watch_kernel_session(Telemetry& telemetry, std::uint64_t now_ns) {
  const ring::SessionState& state = telemetry.publisher.state();
  if (telemetry.schedule.reads_statistics() &&
      telemetry.kernel.statistics_read(state.counters.receive_packets, state.echo.losses, now_ns)) {
    telemetry.reporter.kernel_session_lost();
  }
}

// Everything that is done now and then. Returns how long the timer must wait for the next time.
std::uint32_t take_turn(Telemetry& telemetry, int fd, std::uint64_t now_ns) {
  if (telemetry.schedule.looks_at_ring(now_ns) || telemetry.publisher.needs_tick()) {
    errno = 0;
    note_status(telemetry, telemetry.publisher.tick());
  }
  const ring::SessionState& state = telemetry.publisher.state();
  const std::uint32_t losses = state.echo.losses;
  publish_statistics(telemetry, fd, now_ns);
  watch_kernel_session(telemetry, now_ns);
  telemetry.schedule.read(state.counters.transmit_packets + state.counters.receive_packets, now_ns);
  if (state.echo.losses != losses) {
    telemetry.schedule.echo_lost();
  }
  return telemetry.schedule.next_delay_ms();
}

// The kernel has counted an incoming frame already, but not yet an outgoing one; so the schedule
// hears of it before or after the reading. With an outgoing frame the statistics are read only if
// an echo was lost; otherwise the answer to it is the better occasion, because more is known then.
std::uint32_t frame_passed(Telemetry& telemetry, bool incoming, int fd, std::uint64_t now_ns) {
  StatsSchedule& schedule = telemetry.schedule;
  const bool has_lost_echo = telemetry.reporter.has_lost_echo();
  if (has_lost_echo) {
    schedule.echo_lost();
  }
  if (incoming) {
    schedule.frame_passed();
  }
  std::uint32_t delay_ms = 0;
  if ((incoming || has_lost_echo) && schedule.rides(now_ns)) {
    delay_ms = take_turn(telemetry, fd, now_ns);
  }
  if (!incoming) {
    schedule.frame_passed();
  }
  return delay_ms;
}

// Call this before the reporter learns of the phase: a lost kernel session is a better reason than
// pppd's status, or than that the networks failed.
void ask_for_kernel_session(Telemetry& telemetry, int phase, int status) {
  const auto entered = static_cast<ring::Phase>(phase);
  if (entered == ring::Phase::establish) {
    telemetry.kernel.link_begins(ring::now_ns());
    return;
  }
  const bool is_end = entered == ring::Phase::disconnect ||
                      (entered == ring::Phase::terminate && may_hide_a_loss(status));
  if (is_end && telemetry.reporter.end_is_unexplained() &&
      telemetry.kernel.link_ends(ring::now_ns())) {
    telemetry.reporter.kernel_session_lost();
  }
}

}  // namespace
}  // namespace pppol2tp

using pppol2tp::Visit;
using pppol2tp::ring::now_ns;

void telemetry_open(const TelemetryOpening* opening) {
  using namespace pppol2tp;
  const Visit visit;
  if (visit) {
    return;
  }
  const SocketFacts facts = facts_of(*opening);
  const ring::SessionIdentity identity = identity_of(facts);
  const auto interval_ms = static_cast<std::uint32_t>(opening->stats_interval_s) * 1000;
  const std::uint64_t seed = now_ns() ^ (std::uint64_t{identity.pid} << 32);
  auto* const telemetry = new (storage) Telemetry(interval_ms, seed, identity);
  active.store(telemetry, std::memory_order_relaxed);
  errno = 0;
  note_status(*telemetry, telemetry->reporter.open(opening->ring_path, identity,
                                                   opened_of(*opening, facts, interval_ms)));
}

const char* telemetry_trouble(int* error) {
  const Visit visit;
  if (!visit || visit->trouble_told || visit->status == pppol2tp::ring::SegmentStatus::attached) {
    return nullptr;
  }
  visit->trouble_told = true;
  *error = visit->error;
  return pppol2tp::ring::to_text(visit->status);
}

void telemetry_interface(const char* name) {
  if (const Visit visit; visit) {
    visit->reporter.interface_named(name);
  }
}

void telemetry_phase(int phase, int status) {
  if (const Visit visit; visit) {
    pppol2tp::ask_for_kernel_session(*visit, phase, status);
    visit->reporter.phase_entered(phase, status, now_ns());
  }
}

void telemetry_transmit_configured(int negotiated_mtu, int mtu) {
  if (const Visit visit; visit) {
    visit->reporter.transmit_configured(static_cast<std::uint32_t>(negotiated_mtu),
                                        static_cast<std::uint32_t>(mtu));
  }
}

void telemetry_receive_configured(int negotiated_mru, int mru) {
  if (const Visit visit; visit) {
    visit->reporter.receive_configured(static_cast<std::uint32_t>(negotiated_mru),
                                       static_cast<std::uint32_t>(mru));
  }
}

void telemetry_accm(std::uint32_t send, std::uint32_t receive) {
  if (const Visit visit; visit) {
    visit->reporter.accm_negotiated(ntohl(send), ntohl(receive));
  }
}

void telemetry_authenticated(int peer_authenticated, const char* peer_name) {
  if (const Visit visit; visit) {
    visit->reporter.authenticated(peer_authenticated != 0, peer_name, now_ns());
  }
}

void telemetry_ipv4_up(const std::uint8_t* local, const std::uint8_t* remote) {
  if (const Visit visit; visit) {
    visit->reporter.ipv4_up(local, remote, now_ns());
  }
}

void telemetry_ipv4_down() {
  if (const Visit visit; visit) {
    visit->reporter.ipv4_down(now_ns());
  }
}

void telemetry_ipv6_up(const std::uint8_t* local_id, const std::uint8_t* remote_id) {
  if (const Visit visit; visit) {
    visit->reporter.ipv6_up(local_id, remote_id, now_ns());
  }
}

void telemetry_ipv6_down() {
  if (const Visit visit; visit) {
    visit->reporter.ipv6_down(now_ns());
  }
}

void telemetry_link_down(int status) {
  if (const Visit visit; visit) {
    visit->reporter.link_down(status);
  }
}

std::uint32_t telemetry_frame(std::uint16_t protocol, const ControlPacket* packet, int incoming,
                              int fd) {
  const Visit visit;
  if (!visit) {
    return 0;
  }
  const std::uint64_t now = now_ns();
  if (packet != nullptr) {
    visit->reporter.packet_passed(protocol, *packet, incoming != 0, now);
  }
  return pppol2tp::frame_passed(*visit, incoming != 0, fd, now);
}

void telemetry_read_counters(int fd) {
  if (const Visit visit; visit) {
    pppol2tp::publish_statistics(*visit, fd, now_ns());
  }
}

std::uint32_t telemetry_first_delay_ms() {
  const Visit visit;
  return visit ? visit->schedule.first_delay_ms(now_ns()) : 0;
}

std::uint32_t telemetry_timer_due(int fd) {
  const Visit visit;
  return visit ? pppol2tp::take_turn(*visit, fd, now_ns()) : 0;
}

void telemetry_signal(int signal) {
  pppol2tp::Telemetry* const telemetry = pppol2tp::active.load(std::memory_order_relaxed);
  if (telemetry != nullptr) {
    telemetry->reporter.signal_received(signal);
  }
}

void telemetry_forked() {
  pppol2tp::active.store(nullptr, std::memory_order_relaxed);
}

void telemetry_handed_over(int child) {
  if (const Visit visit; visit) {
    visit->publisher.hand_over_to(static_cast<std::uint32_t>(child),
                                  pppol2tp::start_ticks_of(child));
    pppol2tp::active.store(nullptr, std::memory_order_relaxed);
  }
}

void telemetry_exit(int status, int fd) {
  pppol2tp::Telemetry* const telemetry = pppol2tp::active.load(std::memory_order_relaxed);
  if (telemetry == nullptr || pppol2tp::busy != 0 ||
      telemetry->owner != pppol2tp::ring::own_pid()) {
    return;
  }
  const Visit visit;
  const std::uint64_t now = now_ns();
  pppol2tp::publish_statistics(*telemetry, fd, now);
  telemetry->reporter.end(status, now);
  pppol2tp::active.store(nullptr, std::memory_order_relaxed);
}
