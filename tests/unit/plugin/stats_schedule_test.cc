#include "plugin/stats_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace pppol2tp {
namespace {

TEST(StatsSchedule, SpreadsTheFirstReadingsOfSessionsOverTheInterval) {
  std::set<std::uint32_t> tenths;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const std::uint32_t delay_ms = StatsSchedule(10'000, seed).first_delay_ms();
    ASSERT_THAT(delay_ms, testing::AllOf(testing::Ge(1000u), testing::Le(10'000u)));
    tenths.insert(delay_ms / 1000);
  }
  EXPECT_THAT(tenths, testing::IsSupersetOf({1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u}));
}

TEST(StatsSchedule, KeepsTheIntervalGiveOrTakeATenth) {
  StatsSchedule schedule(10'000, 1);
  std::uint64_t sum_ms = 0;
  std::set<std::uint32_t> delays;
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t delay_ms = schedule.next_delay_ms();
    ASSERT_THAT(delay_ms, testing::AllOf(testing::Ge(9000u), testing::Le(11'000u)));
    delays.insert(delay_ms);
    sum_ms += delay_ms;
  }
  EXPECT_GT(delays.size(), 500u);
  EXPECT_NEAR(static_cast<double>(sum_ms) / 1000, 10'000, 100);
}

TEST(StatsSchedule, NeverAsksForNoDelay) {
  StatsSchedule schedule(1000, 1);
  EXPECT_GT(schedule.first_delay_ms(), 0u);
  EXPECT_GT(schedule.next_delay_ms(), 0u);
}

TEST(StatsSchedule, LooksForARingEvenWhenOnlyEventsAreWanted) {
  StatsSchedule schedule(0, 1);
  EXPECT_FALSE(schedule.reads_statistics());
  EXPECT_GE(schedule.next_delay_ms(), kLookForRingMs / 10 * 9);
  EXPECT_TRUE(StatsSchedule(1000, 1).reads_statistics());
}

}  // namespace
}  // namespace pppol2tp
