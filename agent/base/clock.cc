#include "agent/base/clock.h"

#include <ctime>

namespace pppol2tp {
namespace {

// Cannot fail: every Linux has these clocks.
std::chrono::nanoseconds read(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

class SystemClock final : public Clock {
 public:
  std::chrono::nanoseconds monotonic() const override { return read(CLOCK_MONOTONIC); }
  std::chrono::nanoseconds boottime() const override { return read(CLOCK_BOOTTIME); }
  std::chrono::nanoseconds realtime() const override { return read(CLOCK_REALTIME); }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::chrono::nanoseconds thread_cpu_time() {
  return read(CLOCK_THREAD_CPUTIME_ID);
}

}  // namespace pppol2tp
