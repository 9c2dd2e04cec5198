#include "plugin/stats_schedule.h"

namespace pppol2tp {

std::uint32_t StatsSchedule::between(std::uint32_t low, std::uint32_t high) {
  // SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): good
  // from any seed on, small ones and neighbouring ones included.
  random_ += 0x9e3779b97f4a7c15;
  std::uint64_t mixed = random_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  mixed ^= mixed >> 31;
  return low + static_cast<std::uint32_t>(mixed % (std::uint64_t{high} - low + 1));
}

}  // namespace pppol2tp
