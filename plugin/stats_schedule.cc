#include "plugin/stats_schedule.h"

#include <algorithm>

namespace pppol2tp {
namespace {

constexpr std::uint64_t kSlowestIntervals = 12;

std::uint32_t slowest_of(std::uint32_t interval_ms) {
  const std::uint64_t wanted = std::min<std::uint64_t>(kSlowestIntervals * interval_ms, kSlowestMs);
  return std::max(static_cast<std::uint32_t>(wanted), interval_ms);
}

}  // namespace

StatsSchedule::StatsSchedule(std::uint32_t interval_ms, std::uint64_t seed)
    : reads_statistics_(interval_ms != 0),
      interval_ms_(reads_statistics_ ? interval_ms : kLookForRingMs),
      slowest_ms_(slowest_of(interval_ms_)),
      pace_ms_(interval_ms_),
      random_(seed) {}

std::uint32_t StatsSchedule::first_delay_ms(std::uint64_t now_ns) {
  read_ns_ = now_ns;
  return between(interval_ms_ / 10, interval_ms_);
}

std::uint32_t StatsSchedule::next_delay_ms() {
  const std::uint32_t tenth = pace_ms_ / 10;
  return between(pace_ms_ == interval_ms_ ? pace_ms_ - tenth : pace_ms_, pace_ms_ + tenth);
}

bool StatsSchedule::looks_at_ring(std::uint64_t now_ns) {
  if (looked_ns_ != 0 && now_ns - looked_ns_ < kLookAtRingNs) {
    return false;
  }
  looked_ns_ = now_ns;
  return true;
}

void StatsSchedule::read(std::uint64_t packets, std::uint64_t now_ns) {
  const bool has_traffic = packets - packets_ > frames_;
  pace_ms_ = has_traffic ? interval_ms_ : std::min(2 * pace_ms_, slowest_ms_);
  packets_ = packets;
  frames_ = 0;
  read_ns_ = now_ns;
}

std::uint32_t StatsSchedule::between(std::uint32_t low, std::uint32_t high) {
  // SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): works
  // with any seed, including small and neighbouring ones.
  random_ += 0x9e3779b97f4a7c15;
  std::uint64_t mixed = random_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  mixed ^= mixed >> 31;
  return low + static_cast<std::uint32_t>(mixed % (std::uint64_t{high} - low + 1));
}

}  // namespace pppol2tp
