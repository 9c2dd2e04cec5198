// The three clocks of the system behind an interface, so that code which asks for the time can be
// tested without waiting for it.
#pragma once

#include <chrono>

namespace pppol2tp {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Never goes backwards; stands still while the host sleeps. For intervals.
  virtual std::chrono::nanoseconds monotonic() const = 0;

  // As monotonic(), but goes on while the host sleeps. The plugin's records carry this one.
  virtual std::chrono::nanoseconds boottime() const = 0;

  // Since 1970. May jump; for what is shown to people and Prometheus.
  virtual std::chrono::nanoseconds realtime() const = 0;
};

// The kernel's clocks. Lives for ever.
const Clock& system_clock();

// What the calling thread has used of a processor so far.
std::chrono::nanoseconds thread_cpu_time();

}  // namespace pppol2tp
