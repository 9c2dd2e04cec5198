#include "plugin/ring/wake.h"

#include <gtest/gtest.h>

#include "tests/unit/ring/memory_ring.h"
#include "tests/unit/ring/sleeper.h"

namespace pppol2tp::ring::test {
namespace {

TEST(Waking, RenewsTheTokenAfterAPeriod) {
  MemoryRing ring;
  const std::uint32_t before = token_of(coarse_ms());
  ring.control().wake_token.store(before - kWakePeriodMs);
  internal::wake_reader(ring.control());
  const std::uint32_t token = ring.control().wake_token.load();
  EXPECT_GE(token - before, 0u);
  EXPECT_LE(token, coarse_ms());
  EXPECT_NE(token, before - kWakePeriodMs);
}

TEST(Waking, LeavesATokenOfThePeriodAlone) {
  MemoryRing ring;
  Writer writer(ring.segment());
  // The burst must lie in one period: in the tick that the token names, or a tick later with a
  // token of that tick. One of many tries succeeds.
  for (;;) {
    const std::uint32_t start = token_of(coarse_ms());
    ring.control().wake_token.store(start);
    for (std::uint64_t number = 1; number <= 100; ++number) {
      writer.publish(numbered_record(1, number));
    }
    if (coarse_ms() - start >= kWakePeriodMs) continue;  // the test was held up
    EXPECT_EQ(ring.control().wake_token.load(), start);
    break;
  }
}

TEST(Waking, RenewsTheTokenAtMostOnceAPeriodUnderABurst) {
  MemoryRing ring;
  Writer writer(ring.segment());
  const std::uint32_t start = token_of(coarse_ms());
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

TEST(Waking, LeavesNothingOwing) {
  MemoryRing ring;
  ring.control().wake_token.store(token_of(coarse_ms()) - kWakeQuietMs);
  internal::wake_reader(ring.control());
  EXPECT_EQ(ring.control().wake_token.load() % 2, 0u);
}

// A sleeper, which should not sleep with so recent a token, shows whether the kernel was called.
TEST(Waking, TakesNoSystemCallUnderASteadyLoad) {
  MemoryRing ring;
  for (;;) {
    ring.control().wake_token.store(token_of(coarse_ms()) - kWakeQuietMs);
    Sleeper sleeper(ring.segment(), 0);
    sleeper.await_sleep();
    const std::uint32_t token = token_of(coarse_ms()) - kWakePeriodMs;
    ring.control().wake_token.store(token);
    internal::wake_reader(ring.control());
    const bool was_in_time = coarse_ms() - token < kWakeQuietMs - 1;
    const long asleep = wake_all(ring.control());
    if (!was_in_time) continue;  // the test was held up
    EXPECT_EQ(asleep, 1);
    EXPECT_NE(ring.control().wake_token.load(), token);
    break;
  }
}

TEST(Waking, IsDoneInTheSteadOfAWriterThatLeftATokenOwing) {
  MemoryRing ring;
  ring.control().wake_token.store(token_of(coarse_ms()) - kWakeQuietMs);
  Sleeper sleeper(ring.segment(), 0);
  sleeper.await_sleep();
  ring.control().wake_token.store(token_of(coarse_ms()) - kWakePeriodMs - 1);
  internal::wake_reader(ring.control());
  EXPECT_EQ(wake_all(ring.control()), 0);
}

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
  Reader::wait(ring.segment(), 0, kForever);  // no writer wakes it
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
