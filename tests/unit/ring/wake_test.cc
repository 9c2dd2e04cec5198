#include "plugin/ring/wake.h"

#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <thread>

#include "tests/unit/ring/memory_ring.h"

namespace pppol2tp::ring::test {
namespace {

constexpr std::uint64_t kForever = 3'600'000'000'000;

std::uint32_t coarse_ms() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<std::uint32_t>(now.tv_sec * 1000 + now.tv_nsec / 1'000'000);
}

// The token changes exactly when a writer has decided to wake.
TEST(Waking, IsDoneByTheFirstWriterAfterAQuietPeriod) {
  MemoryRing ring;
  const std::uint32_t before = coarse_ms();
  ring.control().wake_token.store(before - kWakePeriodMs);
  internal::wake_reader(ring.control());
  const std::uint32_t token = ring.control().wake_token.load();
  EXPECT_GE(token - before, 0u);
  EXPECT_LE(token, coarse_ms());
  EXPECT_NE(token, before - kWakePeriodMs);
}

TEST(Waking, IsLeftOutWithinThePeriodOfTheLatest) {
  MemoryRing ring;
  Writer writer(ring.segment());
  // In the very tick that the token names, or else a tick later with a token of that tick: once out
  // of many tries, the burst lies in one period.
  for (;;) {
    const std::uint32_t start = coarse_ms();
    ring.control().wake_token.store(start);
    for (std::uint64_t number = 1; number <= 100; ++number) {
      writer.publish(numbered_record(1, number));
    }
    if (coarse_ms() - start >= kWakePeriodMs) continue;  // the test was held up
    EXPECT_EQ(ring.control().wake_token.load(), start);
    break;
  }
}

TEST(Waking, HappensAtMostOnceAPeriodUnderABurst) {
  MemoryRing ring;
  Writer writer(ring.segment());
  const std::uint32_t start = coarse_ms();
  ring.control().wake_token.store(start - kWakePeriodMs);
  std::uint32_t token = ring.control().wake_token.load();
  std::uint32_t changes = 0;
  for (std::uint64_t number = 1; number <= 200'000; ++number) {
    writer.publish(numbered_record(1, number));
    const std::uint32_t now = ring.control().wake_token.load();
    if (now == token) continue;
    EXPECT_GE(now - token, kWakePeriodMs);
    token = now;
    ++changes;
  }
  EXPECT_GE(changes, 1u);
  EXPECT_LE(changes, (coarse_ms() - start) / kWakePeriodMs + 1);
}

TEST(Waking, RepairsATokenThatLiesInTheFuture) {
  MemoryRing ring;
  ring.control().wake_token.store(coarse_ms() + 1'000'000);
  internal::wake_reader(ring.control());
  EXPECT_LT(coarse_ms() - ring.control().wake_token.load(), 1'000'000u);
}

// A reader that waits in a thread of its own, and whether it is still at it.
class Sleeper {
 public:
  Sleeper(const Segment& segment, std::uint64_t seen)
      : thread_([this, &segment, seen] {
          thread_id_ = static_cast<pid_t>(syscall(SYS_gettid));
          Reader::wait(segment, seen, kForever);
          woken_ = true;
        }) {}
  ~Sleeper() { thread_.join(); }

  bool is_woken() const { return woken_; }

  // Until the thread sleeps in the kernel on the futex, as /proc tells.
  void await_sleep() const {
    while (thread_id_ == 0) std::this_thread::yield();
    const std::string path = "/proc/self/task/" + std::to_string(thread_id_) + "/syscall";
    for (;;) {
      FILE* const file = fopen(path.c_str(), "re");
      long number = -1;
      const int read = file == nullptr ? 0 : fscanf(file, "%ld", &number);
      if (file != nullptr) fclose(file);
      if (read == 1 && number == SYS_futex) return;
      std::this_thread::yield();
    }
  }

 private:
  std::atomic<pid_t> thread_id_{0};
  std::atomic<bool> woken_{false};
  std::thread thread_;
};

TEST(Waiting, EndsWithAPublishedRecord) {
  MemoryRing ring;
  ring.control().wake_token.store(coarse_ms() - kWakeQuietMs);
  Sleeper sleeper(ring.segment(), 0);
  sleeper.await_sleep();
  EXPECT_FALSE(sleeper.is_woken());
  Writer(ring.segment()).publish(numbered_record(1, 1));
}

TEST(Waiting, EndsWithAnInterruption) {
  MemoryRing ring;
  ring.control().wake_token.store(coarse_ms() - kWakeQuietMs);
  Sleeper sleeper(ring.segment(), 0);
  sleeper.await_sleep();
  EXPECT_FALSE(sleeper.is_woken());
  Reader::interrupt(ring.segment());
}

TEST(Waiting, IsNotBegunWhenThereIsSomethingToRead) {
  MemoryRing ring;
  Writer(ring.segment()).publish(numbered_record(1, 1));
  ring.control().wake_token.store(coarse_ms() - kWakeQuietMs);
  Reader::wait(ring.segment(), 0, kForever);
  EXPECT_EQ(ring.control().next_ticket.load(), 1u);  // still here
}

TEST(Waiting, IsNotBegunOnAPositionBeforeTheReaders) {
  MemoryRing ring;
  ring.control().wake_token.store(coarse_ms() - kWakeQuietMs);
  ring.control().next_ticket.store(3);
  Reader::wait(ring.segment(), 5, kForever);
  EXPECT_EQ(ring.control().next_ticket.load(), 3u);
}

TEST(Waiting, IsShortWhileTheLatestWakeUpIsRecent) {
  MemoryRing ring;
  ring.control().wake_token.store(coarse_ms());
  Reader::wait(ring.segment(), 0, kForever);  // nobody will wake it
  EXPECT_GE(coarse_ms() - ring.control().wake_token.load(), kWakePeriodMs);
}

TEST(Waiting, EndsAfterItsTime) {
  MemoryRing ring;
  ring.control().wake_token.store(coarse_ms() - kWakeQuietMs);
  Reader::wait(ring.segment(), 0, 1'000'000);
  EXPECT_EQ(ring.control().next_ticket.load(), 0u);
}

}  // namespace
}  // namespace pppol2tp::ring::test
