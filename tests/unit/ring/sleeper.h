// A reader that waits in its own thread, on a ring in this process' memory.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <thread>

#include "plugin/ring/reader.h"

namespace pppol2tp::ring::test {

inline constexpr std::uint64_t kForever = 3'600'000'000'000;

// The clock that tokens are made from.
inline std::uint32_t coarse_ms() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<std::uint32_t>(now.tv_sec * 1000 + now.tv_nsec / 1'000'000);
}

// A settled token of that time, or of the millisecond before.
inline std::uint32_t token_of(std::uint32_t ms) {
  return ms & ~std::uint32_t{1};
}

// Wakes all that sleep on the ring's token, and returns how many they were: 0 if a writer has woken
// them before.
inline long wake_all(const Control& control) {
  return syscall(SYS_futex, &control.wake_token, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

// Returns when the thread, of whichever process, sleeps in the kernel on a futex.
inline void await_futex_sleep(pid_t thread) {
  const std::string path = "/proc/" + std::to_string(thread) + "/syscall";
  for (;;) {
    FILE* const file = fopen(path.c_str(), "re");
    long number = -1;
    const int read = file == nullptr ? 0 : fscanf(file, "%ld", &number);
    if (file != nullptr) fclose(file);
    if (read == 1 && number == SYS_futex) return;
    std::this_thread::yield();
  }
}

// Joined in the destructor: the wait must have ended before.
class Sleeper {
 public:
  Sleeper(const Segment& segment, std::uint64_t seen)
      : thread_([this, &segment, seen] {
          thread_id_ = static_cast<pid_t>(syscall(SYS_gettid));
          Reader::wait(segment, seen, kForever);
          woken_ = true;
        }) {}
  ~Sleeper() { thread_.join(); }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  bool is_woken() const { return woken_; }

  // Returns when the thread sleeps.
  void await_sleep() const {
    while (thread_id_ == 0) std::this_thread::yield();
    await_futex_sleep(thread_id_);
  }

 private:
  std::atomic<pid_t> thread_id_{0};
  std::atomic<bool> woken_{false};
  std::thread thread_;
};

}  // namespace pppol2tp::ring::test
