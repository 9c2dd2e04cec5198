#include "plugin/kernel_watch.h"

namespace pppol2tp {

bool KernelWatch::link_begins(std::uint64_t now_ns) {
  if (state_ == State::not_asked) {
    const bool is_seen = look_(tunnel_id_, session_id_) == KernelView::present;
    state_ = is_seen ? State::present : State::not_seen;
    asked_ns_ = now_ns;
  }
  return state_ == State::lost;
}

bool KernelWatch::statistics_read(std::uint64_t receive_packets, std::uint64_t echo_losses,
                                  std::uint64_t now_ns) {
  const bool is_silent = receive_packets == receive_packets_;
  const bool has_lost_echo = echo_losses != echo_losses_;
  receive_packets_ = receive_packets;
  echo_losses_ = echo_losses;
  if (is_silent && (has_lost_echo || now_ns - asked_ns_ >= kAskKernelNs)) {
    return ask(now_ns);
  }
  return state_ == State::lost;
}

bool KernelWatch::link_ends(std::uint64_t now_ns) {
  return ask(now_ns);
}

bool KernelWatch::ask(std::uint64_t now_ns) {
  if (state_ == State::present) {
    asked_ns_ = now_ns;
    if (look_(tunnel_id_, session_id_) == KernelView::absent) {
      state_ = State::lost;
    }
  }
  return state_ == State::lost;
}

}  // namespace pppol2tp
