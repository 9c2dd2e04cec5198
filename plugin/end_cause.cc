#include "plugin/end_cause.h"

#include <csignal>
#include <cstring>

#include "plugin/control_frames.h"

namespace pppol2tp {
namespace {

using ring::Cause;
using ring::Phase;

// pppd's EXIT_*, the same in all versions: pppd(8), EXIT STATUS.
enum Status : int {
  kOk = 0,
  kUserRequest = 5,
  kConnectFailed = 8,
  kNegotiationFailed = 10,
  kPeerAuthFailed = 11,
  kIdleTimeout = 12,
  kConnectTime = 13,
  kPeerDead = 15,
  kHangup = 16,
  kAuthToPeerFailed = 19,
  kTrafficLimit = 20,
  kCallingNumberRefused = 21,
  kCrashed = 127,  // from the handler of SIGSEGV and the like; not listed in pppd(8)
};

constexpr Cause cause_of(int status) {
  switch (status) {
    case kUserRequest:
      return Cause::user_request;
    case kNegotiationFailed:
      return Cause::lcp_timeout;
    case kPeerAuthFailed:
    case kCallingNumberRefused:
      return Cause::auth_failed;
    case kIdleTimeout:
      return Cause::idle_timeout;
    case kConnectTime:
      return Cause::connect_time_limit;
    case kPeerDead:
      return Cause::echo_timeout;
    case kOk:  // it ended, and the status does not say why
    case kHangup:
      return Cause::hangup;
    case kAuthToPeerFailed:
      return Cause::auth_failed_by_peer;
    case kTrafficLimit:
      return Cause::traffic_limit;
    case kCrashed:
      return Cause::crashed;
    default:
      return Cause::error;
  }
}

constexpr bool is_request(int signal) {
  return signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

}  // namespace

bool may_hide_a_loss(int status) {
  return status == kOk || status == kNegotiationFailed || status == kPeerDead;
}

void EndCause::signal_received(int signal) {
  if (!is_request(signal)) {
    fatal_signal_.store(signal, std::memory_order_relaxed);
    return;
  }
  int none = 0;
  request_signal_.compare_exchange_strong(none, signal, std::memory_order_relaxed);
}

void EndCause::peer_requested(const std::uint8_t* text, std::size_t text_bytes) {
  latch_request();
  if (peer_text_[0] == '\0') {
    copy_printable(text, text_bytes, peer_text_, sizeof(peer_text_));
  }
  latch(Cause::peer_request);
}

void EndCause::phase_entered(Phase phase, ring::Direction direction, int status) {
  if (over_) {
    return;
  }
  if (phase == Phase::serialconn) {
    // A SIGHUP while pppd waits for demand ends nothing.
    int hangup = SIGHUP;
    request_signal_.compare_exchange_strong(hangup, 0, std::memory_order_relaxed);
    forget();
  } else if (direction == ring::Direction::up && phase >= Phase::authenticate) {
    forget();
  }
  latch_request();
  if (phase == Phase::terminate) {
    latch_conclusive(status);
    latch_network_failure(status);
  } else if (phase == Phase::disconnect) {
    if (status != kOk) {
      latch(cause_of(status));
    }
    over_ = true;
  }
  phase_ = phase;
}

void EndCause::link_down(int status) {
  latch_request();
  latch_conclusive(status);
}

void EndCause::kernel_session_lost() {
  latch_request();
  latch(Cause::kernel_session_lost);
}

bool EndCause::is_unexplained() const {
  return cause_ == Cause::none && request_signal_.load(std::memory_order_relaxed) == 0;
}

ring::EndSection EndCause::conclude(int exit_status) const {
  ring::EndSection end{};
  end.exit_status = exit_status;
  std::memcpy(end.peer_text, peer_text_, sizeof(end.peer_text));
  const int request = request_signal_.load(std::memory_order_relaxed);
  if (exit_status == kCrashed) {
    end.cause = Cause::crashed;
    end.signal = static_cast<std::uint8_t>(fatal_signal_.load(std::memory_order_relaxed));
  } else if (cause_ != Cause::none) {
    end.cause = cause_;
  } else {
    end.cause = request != 0 ? Cause::user_request : cause_of(exit_status);
  }
  if (end.cause == Cause::user_request) {
    end.signal = static_cast<std::uint8_t>(request);
  }
  return end;
}

void EndCause::latch(Cause cause) {
  if (cause_ == Cause::none) {
    cause_ = cause;
  }
}

void EndCause::latch_conclusive(int status) {
  if (status != kOk && status != kConnectFailed && status != kNegotiationFailed) {
    latch(cause_of(status));
  }
}

void EndCause::latch_request() {
  if (request_signal_.load(std::memory_order_relaxed) != 0) {
    latch(Cause::user_request);
  }
}

// Before the peer answers with a request of its own.
void EndCause::latch_network_failure(int status) {
  const bool says_nothing = status == kOk || status == kNegotiationFailed;
  if (says_nothing && (phase_ == Phase::network || phase_ == Phase::running)) {
    latch(Cause::error);
  }
}

void EndCause::forget() {
  cause_ = Cause::none;
  peer_text_[0] = '\0';
}

}  // namespace pppol2tp
