#include "agent/base/clock.h"

#include <gtest/gtest.h>

#include <ctime>

namespace pppol2tp {
namespace {

std::chrono::nanoseconds now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TEST(SystemClock, ReadsTheKernelsMonotonicClock) {
  const auto before = now(CLOCK_MONOTONIC);
  const auto read = system_clock().monotonic();
  EXPECT_LE(before, read);
  EXPECT_LE(read, now(CLOCK_MONOTONIC));
}

TEST(SystemClock, ReadsTheKernelsBootTime) {
  const auto before = now(CLOCK_BOOTTIME);
  const auto read = system_clock().boottime();
  EXPECT_LE(before, read);
  EXPECT_LE(read, now(CLOCK_BOOTTIME));
}

TEST(SystemClock, ReadsTheTimeOfDay) {
  // The clock may be set while the test runs, so only its era is checked: after 2020, by the
  // second.
  EXPECT_GT(system_clock().realtime(), std::chrono::seconds(1'577'836'800));
}

TEST(ThreadCpuTime, GrowsByWhatTheThreadDoesAndByNoMoreThanTimePasses) {
  const auto began = now(CLOCK_MONOTONIC);
  const auto before = thread_cpu_time();
  while (thread_cpu_time() == before) {
  }
  const auto used = thread_cpu_time() - before;
  EXPECT_LE(used, now(CLOCK_MONOTONIC) - began);
}

}  // namespace
}  // namespace pppol2tp
