// When to read the statistics next. Jittered, so that the sessions that a host takes up together (a
// tunnel that comes back) do not report together for ever.
//
// Also the pace at which a session without a ring looks for one: with an interval of 0 (only
// events) that goes on, slowly.
//
// Pure; one thread.
#pragma once

#include <cstdint>

namespace pppol2tp {

inline constexpr std::uint32_t kLookForRingMs = 60'000;

class StatsSchedule {
 public:
  // `seed` is anything that differs from session to session.
  StatsSchedule(std::uint32_t interval_ms, std::uint64_t seed)
      : interval_ms_(interval_ms), random_(seed) {}

  bool reads_statistics() const { return interval_ms_ != 0; }

  // Anywhere within the first interval, but not before a tenth of it.
  std::uint32_t first_delay_ms() { return between(period() / 10, period()); }

  // The interval, give or take a tenth.
  std::uint32_t next_delay_ms() {
    return between(period() - period() / 10, period() + period() / 10);
  }

 private:
  std::uint32_t period() const { return reads_statistics() ? interval_ms_ : kLookForRingMs; }
  std::uint32_t between(std::uint32_t low, std::uint32_t high);

  std::uint32_t interval_ms_;
  std::uint64_t random_;
};

}  // namespace pppol2tp
