// When to read the statistics next. A session with traffic is read every interval; one without
// costs pppd next to nothing. pppd sleeps, and waking it costs more than everything that is then
// done.
//
//   the pace    is the interval while there is traffic. If a session carries only what pppd itself
//               sends, mostly LCP echos, the pace doubles with each reading, up to twelve intervals
//               or kSlowestMs; the first further packet, or a lost echo, resets it
//   riding      a frame that pppd receives or sends has woken it already: when two thirds of the
//               pace are over, the statistics are read along with the frame, and the timer restarts
//   the timer   is for the case that no frame comes. It is jittered: sessions that a host takes up
//               together (a tunnel comes back) must not report together for ever. At a slow pace it
//               is never early, so that regular frames (an echo every minute) are ridden on
//
// This is also the pace at which a session without a ring looks for one; with an interval of 0
// (only events) it does so slowly. A session with a ring checks now and then that its file is still
// there, in case somebody removed it without a mark: asking the file system costs as much as three
// readings.
//
// Pure; times are CLOCK_BOOTTIME, nanoseconds. One thread.
#pragma once

#include <cstdint>

namespace pppol2tp {

inline constexpr std::uint32_t kLookForRingMs = 60'000;
inline constexpr std::uint32_t kSlowestMs = 120'000;
inline constexpr std::uint64_t kLookAtRingNs = 3'600'000'000'000;

class StatsSchedule {
 public:
  // `seed` is anything that differs from session to session.
  StatsSchedule(std::uint32_t interval_ms, std::uint64_t seed);

  bool reads_statistics() const { return reads_statistics_; }

  // The session begins. The first timer expires within the first interval, but not before a tenth
  // of it.
  std::uint32_t first_delay_ms(std::uint64_t now_ns);
  // How long the timer waits from now on, just after a reading.
  std::uint32_t next_delay_ms();

  // A frame went through pppd: the kernel counts it as a packet, but it is not the session's
  // traffic.
  void frame_passed() { ++frames_; }
  bool rides(std::uint64_t now_ns) const {
    constexpr std::uint64_t kNsPerMs = 1'000'000;
    return read_ns_ != 0 && 3 * (now_ns - read_ns_) >= 2 * kNsPerMs * pace_ms_;
  }
  void echo_lost() { pace_ms_ = interval_ms_; }

  // Whether to look at the ring's file with this reading.
  bool looks_at_ring(std::uint64_t now_ns);

  // The result of a reading: `packets` are the kernel's, sent and received, since the session
  // began.
  void read(std::uint64_t packets, std::uint64_t now_ns);

 private:
  std::uint32_t between(std::uint32_t low, std::uint32_t high);

  bool reads_statistics_;
  std::uint32_t interval_ms_;
  std::uint32_t slowest_ms_;
  std::uint32_t pace_ms_;
  std::uint64_t random_;
  std::uint64_t read_ns_ = 0;  // last reading, or the session's begin; 0: not begun
  std::uint64_t looked_ns_ = 0;
  std::uint64_t packets_ = 0;  // at the last reading
  std::uint64_t frames_ = 0;   // since then
};

}  // namespace pppol2tp
