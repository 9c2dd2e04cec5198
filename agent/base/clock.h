// The system's three clocks behind an interface, so that code that uses them can be tested without
// waiting.
#pragma once

#include <chrono>

namespace pppol2tp {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Never goes backwards; stops while the host sleeps. For intervals.
  virtual std::chrono::nanoseconds monotonic() const = 0;

  // Like monotonic(), but also runs while the host sleeps. The plugin's records use this clock.
  virtual std::chrono::nanoseconds boottime() const = 0;

  // Time since 1970. May jump; for people and Prometheus.
  virtual std::chrono::nanoseconds realtime() const = 0;
};

// The kernel's clocks. Never destroyed.
const Clock& system_clock();

// CPU time of the calling thread so far.
std::chrono::nanoseconds thread_cpu_time();

}  // namespace pppol2tp
