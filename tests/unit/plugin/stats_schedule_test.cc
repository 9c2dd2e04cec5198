#include "plugin/stats_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace pppol2tp {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kSecond = 1000 * kMs;
constexpr std::uint64_t kBegin = 1'000'000 * kSecond;

// A session, with the kernel's count of its packets.
class Played {
 public:
  explicit Played(std::uint32_t interval_ms) : schedule_(interval_ms, 1) {
    schedule_.first_delay_ms(kBegin);
  }

  StatsSchedule& schedule() { return schedule_; }
  void carry(std::uint64_t packets) { packets_ += packets; }
  void pass_frames(int frames) {
    for (int i = 0; i < frames; ++i) schedule_.frame_passed();
    carry(static_cast<std::uint64_t>(frames));
  }

  // Whether statistics are read along with a frame that comes `after_ms` after the last reading, or
  // after the session's begin.
  bool rides(std::uint64_t after_ms) const { return schedule_.rides(now_ns_ + after_ms * kMs); }

  // Makes one more reading; returns the pace from then on, in seconds.
  int read_after(std::uint64_t seconds) {
    now_ns_ += seconds * kSecond;
    schedule_.read(packets_, now_ns_);
    std::uint64_t two_thirds_ms = 0;
    while (!rides(two_thirds_ms)) ++two_thirds_ms;
    return static_cast<int>((two_thirds_ms * 3 / 2 + 500) / 1000);
  }

 private:
  StatsSchedule schedule_;
  std::uint64_t packets_ = 0;
  std::uint64_t now_ns_ = kBegin;
};

struct Range {
  std::uint32_t least;
  std::uint32_t most;
  double mean;
};

Range delays(StatsSchedule& schedule) {
  Range range{UINT32_MAX, 0, 0};
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t delay_ms = schedule.next_delay_ms();
    range = {std::min(range.least, delay_ms), std::max(range.most, delay_ms),
             range.mean + delay_ms / 1000.0};
  }
  return range;
}

TEST(StatsSchedule, SpreadsTheFirstReadingsOfSessionsOverTheInterval) {
  std::set<std::uint32_t> tenths;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const std::uint32_t delay_ms = StatsSchedule(10'000, seed).first_delay_ms(kBegin);
    ASSERT_THAT(delay_ms, AllOf(Ge(1000u), Le(10'000u)));
    tenths.insert(delay_ms / 1000);
  }
  EXPECT_THAT(tenths, testing::IsSupersetOf({1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u}));
}

TEST(StatsSchedule, KeepsTheIntervalGiveOrTakeATenth) {
  StatsSchedule schedule(10'000, 1);
  const Range range = delays(schedule);
  EXPECT_THAT(range.least, AllOf(Ge(9000u), Le(9050u)));
  EXPECT_THAT(range.most, AllOf(Ge(10'950u), Le(11'000u)));
  EXPECT_NEAR(range.mean, 10'000, 100);
}

TEST(StatsSchedule, IsNeverEarlyAtASlowPace) {
  Played session(10'000);
  for (int i = 0; i < 4; ++i) session.read_after(10);
  const Range range = delays(session.schedule());
  EXPECT_THAT(range.least, AllOf(Ge(120'000u), Le(120'200u)));
  EXPECT_THAT(range.most, AllOf(Ge(131'800u), Le(132'000u)));
}

TEST(StatsSchedule, NeverAsksForNoDelay) {
  StatsSchedule schedule(1000, 1);
  EXPECT_GT(schedule.first_delay_ms(kBegin), 0u);
  EXPECT_GT(schedule.next_delay_ms(), 0u);
}

TEST(StatsSchedule, SlowsDownToTwoMinutesWhileNothingPassesButPppdsOwnFrames) {
  Played session(10'000);
  std::vector<int> paces;
  for (int i = 0; i < 6; ++i) {
    session.pass_frames(i % 3);
    paces.push_back(session.read_after(10));
  }
  EXPECT_THAT(paces, ElementsAre(20, 40, 80, 120, 120, 120));
}

TEST(StatsSchedule, ComesBackToTheIntervalWithTheFirstPacketMore) {
  Played session(10'000);
  for (int i = 0; i < 5; ++i) session.read_after(60);
  session.pass_frames(2);
  session.carry(1);
  EXPECT_EQ(session.read_after(60), 10);
  session.carry(1000);
  EXPECT_EQ(session.read_after(10), 10);
  EXPECT_EQ(session.read_after(10), 20);
}

TEST(StatsSchedule, ComesBackToTheIntervalWhenAnEchoWasLost) {
  Played session(10'000);
  for (int i = 0; i < 5; ++i) session.read_after(60);
  EXPECT_FALSE(session.rides(7000));
  session.schedule().echo_lost();
  EXPECT_TRUE(session.rides(7000));
}

TEST(StatsSchedule, SlowsDownToTwelveIntervalsThatAreShort) {
  Played session(1000);
  for (int i = 0; i < 10; ++i) session.read_after(1);
  const Range range = delays(session.schedule());
  EXPECT_GE(range.least, 12'000u);
  EXPECT_LE(range.most, 13'200u);
}

TEST(StatsSchedule, NeverSlowsDownAnIntervalOfTwoMinutesAndMore) {
  for (const std::uint32_t interval_ms : {120'000u, 3'600'000u}) {
    Played session(interval_ms);
    for (int i = 0; i < 10; ++i) session.read_after(interval_ms / 1000);
    EXPECT_LE(delays(session.schedule()).most, interval_ms / 10 * 11);
  }
}

TEST(StatsSchedule, RidesOnAFrameOnceTwoThirdsOfThePaceAreOver) {
  Played session(9000);
  EXPECT_FALSE(session.rides(5999));
  EXPECT_TRUE(session.rides(6000));
  EXPECT_EQ(session.read_after(6), 18);
  EXPECT_FALSE(session.rides(11'999));
  EXPECT_TRUE(session.rides(12'000));
}

TEST(StatsSchedule, RidesOnNothingBeforeTheSessionBegins) {
  EXPECT_FALSE(StatsSchedule(10'000, 1).rides(kBegin));
}

TEST(StatsSchedule, AnEchoOfEveryTwoMinutesNeedsNoTimer) {
  Played session(10'000);
  for (int i = 0; i < 4; ++i) session.read_after(60);
  EXPECT_TRUE(session.rides(120'000));
  EXPECT_GE(delays(session.schedule()).least, 120'000u);
}

TEST(StatsSchedule, LooksAtTheRingsFileAtOnceAndThenEveryHour) {
  StatsSchedule schedule(10'000, 1);
  EXPECT_TRUE(schedule.looks_at_ring(kBegin));
  EXPECT_FALSE(schedule.looks_at_ring(kBegin + 3599 * kSecond));
  EXPECT_TRUE(schedule.looks_at_ring(kBegin + 3600 * kSecond));
  EXPECT_FALSE(schedule.looks_at_ring(kBegin + 7199 * kSecond));
}

TEST(StatsSchedule, LooksForARingEvenWhenOnlyEventsAreWanted) {
  StatsSchedule schedule(0, 1);
  EXPECT_FALSE(schedule.reads_statistics());
  EXPECT_GE(schedule.next_delay_ms(), kLookForRingMs / 10 * 9);
  EXPECT_TRUE(StatsSchedule(1000, 1).reads_statistics());
}

}  // namespace
}  // namespace pppol2tp
