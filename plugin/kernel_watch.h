// Decides when to ask the kernel whether it still has the session, so that the deletion of a
// session under a running pppd is recognised, at almost no cost while the session exists. It asks:
//
//   when the link begins         only a session found now can be missed later; so a kernel without
//                                the netlink family, or another network namespace, causes no false
//                                alarm
//   with the statistics          if nothing was received since the last ones, and an echo was lost
//                                or a minute has passed since the last question
//   when the link ends           if nothing else has explained it
//
// Once lost, a session stays lost: if its ids appear again, they are another session's. One thread.
#pragma once

#include <cstdint>

#include "plugin/kernel_session.h"

namespace pppol2tp {

inline constexpr std::uint64_t kAskKernelNs = 60'000'000'000;

class KernelWatch {
 public:
  using Look = KernelView (*)(std::uint32_t tunnel_id, std::uint32_t session_id);

  KernelWatch(Look look, std::uint32_t tunnel_id, std::uint32_t session_id)
      : look_(look), tunnel_id_(tunnel_id), session_id_(session_id) {}

  // All three return whether the session is known to be lost.
  bool link_begins(std::uint64_t now_ns);
  bool statistics_read(std::uint64_t receive_packets, std::uint64_t echo_losses,
                       std::uint64_t now_ns);
  bool link_ends(std::uint64_t now_ns);

 private:
  enum class State : std::uint8_t { not_asked, not_seen, present, lost };

  bool ask(std::uint64_t now_ns);

  Look look_;
  std::uint32_t tunnel_id_;
  std::uint32_t session_id_;
  State state_ = State::not_asked;
  std::uint64_t asked_ns_ = 0;
  std::uint64_t receive_packets_ = 0;
  std::uint64_t echo_losses_ = 0;
};

}  // namespace pppol2tp
