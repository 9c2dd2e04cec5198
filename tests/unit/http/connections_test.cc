#include "agent/http/connections.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <latch>
#include <vector>

#include "agent/base/clock.h"

namespace pppol2tp::http {
namespace {

using namespace std::chrono_literals;

TEST(ChooseVictim, FindsNobodyWhosePatienceHasRunOut) {
  const std::vector<Activity> activities = {{Doing::awaiting_request, 10s}, {Doing::writing, 10s}};
  EXPECT_EQ(choose_victim(activities, 10s + 99ms), std::nullopt);
  EXPECT_EQ(choose_victim({}, 10s), std::nullopt);
}

TEST(ChooseVictim, HasTheLeastPatienceWithWhoHasNotAsked) {
  const std::vector<Activity> activities = {{Doing::writing, 10s}, {Doing::awaiting_request, 10s}};
  EXPECT_EQ(choose_victim(activities, 10s + 100ms), 1U);
}

TEST(ChooseVictim, HasMorePatienceWithWhoIsBeingAnswered) {
  const std::vector<Activity> activities = {{Doing::writing, 10s}};
  EXPECT_EQ(choose_victim(activities, 10s + 999ms), std::nullopt);
  EXPECT_EQ(choose_victim(activities, 11s), 0U);
}

TEST(ChooseVictim, TakesTheOneThatWaitsForLongest) {
  const std::vector<Activity> activities = {
      {Doing::awaiting_request, 10s}, {Doing::awaiting_request, 8s}, {Doing::writing, 9s}};
  EXPECT_EQ(choose_victim(activities, 20s), 1U);
}

TEST(ChooseVictim, NeverDisturbsAHandlerAtWork) {
  const std::vector<Activity> activities = {{Doing::handling, 0s}};
  EXPECT_EQ(choose_victim(activities, 1h), std::nullopt);
}

class ConnectionsTest : public testing::Test {
 protected:
  // Of four, one is kept for new connections.
  explicit ConnectionsTest(std::size_t threads = 4) : connections_(threads) {}

  struct Connection {
    Connections::Entry* entry = nullptr;
    std::atomic<bool> is_open = true;
  };

  Connection& connect() {
    Connection& connection = all_.emplace_back();
    connection.entry = connections_.add(
        [&connection] {
          connection.is_open = false;
          connection.is_open.notify_all();
          return true;
        },
        kStart);
    return connection;
  }

  Connection& connect_and(Doing doing) {
    Connection& connection = connect();
    connections_.set_doing(connection.entry, doing, kStart);
    return connection;
  }

  static constexpr std::chrono::nanoseconds kStart = 100s;
  static constexpr std::chrono::nanoseconds kLater = kStart + 1h;  // every patience is over by then

  std::deque<Connection> all_;  // a deque does not move its elements
  Connections connections_;
};

TEST_F(ConnectionsTest, AreCounted) {
  const Connection& first = connect();
  connect();
  connections_.remove(first.entry);
  EXPECT_EQ(connections_.counts().open, 1U);
  EXPECT_EQ(connections_.counts().accepted, 2U);
  EXPECT_EQ(connections_.counts().shut_down, 0U);
}

TEST_F(ConnectionsTest, AreLeftAloneWhileThereAreThreads) {
  for (int i = 0; i < 3; ++i) connect();
  EXPECT_FALSE(connections_.relieve(kLater));
  EXPECT_EQ(connections_.counts().shut_down, 0U);
}

TEST_F(ConnectionsTest, ThatAreIdleAreShutDownWhenThreadsRunShort) {
  const Connection& busy = connect_and(Doing::handling);
  const Connection& idle = connect();
  connect_and(Doing::handling);
  connect_and(Doing::handling);
  EXPECT_TRUE(connections_.relieve(kLater));
  EXPECT_FALSE(idle.is_open);
  EXPECT_TRUE(busy.is_open);
  EXPECT_EQ(connections_.counts().shut_down, 1U);
  EXPECT_EQ(connections_.counts().open, 4U);  // until its thread removes it
}

TEST_F(ConnectionsTest, ThatTakeNoMoreAreShutDownWhenThreadsRunShort) {
  const Connection& slow = connect_and(Doing::writing);
  for (int i = 0; i < 3; ++i) connect_and(Doing::handling);
  EXPECT_TRUE(connections_.relieve(kLater));
  EXPECT_FALSE(slow.is_open);
}

TEST_F(ConnectionsTest, AreShutDownNoFurtherThanToTheReserve) {
  for (int i = 0; i < 5; ++i) connect();
  EXPECT_TRUE(connections_.relieve(kLater));
  EXPECT_TRUE(connections_.relieve(kLater));
  EXPECT_FALSE(connections_.relieve(kLater));
  EXPECT_EQ(connections_.counts().shut_down, 2U);
}

TEST(Connections, KeepAnEighthOfTheThreadsForNewcomers) {
  Connections connections(16);
  const auto add = [&] { connections.add([] { return true; }, 0s); };
  for (int i = 0; i < 14; ++i) add();
  EXPECT_FALSE(connections.relieve(1h));
  add();
  EXPECT_TRUE(connections.relieve(1h));
}

TEST_F(ConnectionsTest, GetNewPatienceWithEverythingTheyDo) {
  for (int i = 0; i < 4; ++i) connect_and(Doing::writing);
  for (const Connection& each : all_) connections_.set_doing(each.entry, Doing::writing, kLater);
  EXPECT_FALSE(connections_.relieve(kLater + 999ms));
  EXPECT_TRUE(connections_.relieve(kLater + 1s));
}

TEST_F(ConnectionsTest, ThatCannotBeShutDownYetAreNotCountedAsShutDown) {
  for (int i = 0; i < 4; ++i) connections_.add([] { return false; }, kStart);
  EXPECT_FALSE(connections_.relieve(kLater));
  EXPECT_EQ(connections_.counts().shut_down, 0U);
}

class ManyAnswersTest : public ConnectionsTest {
 protected:
  ManyAnswersTest() : ConnectionsTest(160) {}
};

TEST_F(ManyAnswersTest, AreShutDownDownToAFewIfTheirClientsTakeNoMoreThoughThreadsAreFree) {
  for (int i = 0; i < 10; ++i) connect_and(Doing::writing);
  EXPECT_FALSE(connections_.relieve(kStart + 999ms));
  EXPECT_TRUE(connections_.relieve(kStart + 1s));
  EXPECT_TRUE(connections_.relieve(kStart + 1s));
  EXPECT_FALSE(connections_.relieve(kLater));
  EXPECT_EQ(connections_.counts().shut_down, 2U);
}

TEST_F(ManyAnswersTest, AreNotShutDownWhileTheirClientsTakePartAfterPart) {
  for (int i = 0; i < 20; ++i) connect_and(Doing::writing);
  const Connection& slow = all_[7];
  for (const Connection& each : all_) {
    if (&each != &slow) connections_.set_doing(each.entry, Doing::writing, kLater);
  }
  EXPECT_TRUE(connections_.relieve(kLater + 999ms));
  EXPECT_FALSE(slow.is_open);
  EXPECT_FALSE(connections_.relieve(kLater + 999ms));
}

TEST_F(ManyAnswersTest, CostNoIdleConnectionAndNoHandlerItsThread) {
  const Connection& idle = connect();
  const Connection& busy = connect_and(Doing::handling);
  for (int i = 0; i < 9; ++i) connections_.set_doing(connect().entry, Doing::writing, kLater);
  EXPECT_FALSE(connections_.relieve(kLater + 999ms));
  EXPECT_TRUE(connections_.relieve(kLater + 1s));
  EXPECT_TRUE(idle.is_open);
  EXPECT_TRUE(busy.is_open);
}

TEST_F(ManyAnswersTest, WakeTheReliever) {
  const Reliever reliever(connections_);
  const auto long_ago = system_clock().monotonic() - 1s;
  for (int i = 0; i < 9; ++i) connections_.set_doing(connect().entry, Doing::writing, long_ago);
  all_.front().is_open.wait(true);
  EXPECT_EQ(connections_.counts().open, 9U);
}

TEST_F(ConnectionsTest, OneThatCannotBeShutDownDoesNotProtectTheOthers) {
  int attempts = 0;
  connections_.add(
      [&attempts] {
        ++attempts;
        return false;
      },
      kStart - 1s);  // the one that waits for longest
  for (int i = 0; i < 3; ++i) connect();
  EXPECT_TRUE(connections_.relieve(kLater));
  EXPECT_EQ(attempts, 1);
  EXPECT_EQ(std::count_if(all_.begin(), all_.end(), [](const auto& each) { return !each.is_open; }),
            1);
  EXPECT_EQ(connections_.counts().shut_down, 1U);
}

TEST_F(ConnectionsTest, ThatAreIdleCanBeShutDownAlone) {
  const Connection& idle = connect();
  const Connection& busy = connect_and(Doing::handling);
  connections_.shut_down_idle();
  EXPECT_FALSE(idle.is_open);
  EXPECT_TRUE(busy.is_open);
}

TEST_F(ConnectionsTest, CanAllBeShutDown) {
  const Connection& idle = connect();
  const Connection& busy = connect_and(Doing::handling);
  connections_.shut_down_all();
  EXPECT_FALSE(idle.is_open);
  EXPECT_FALSE(busy.is_open);
}

TEST_F(ConnectionsTest, CanBeWaitedFor) {
  const Connection& connection = connect();
  EXPECT_FALSE(connections_.wait_until_none(1ms));
  connections_.remove(connection.entry);
  EXPECT_TRUE(connections_.wait_until_none(0ms));
}

TEST_F(ConnectionsTest, AreRelievedByTheRealClockToo) {
  std::latch is_shut_down(1);
  const auto now = system_clock().monotonic();
  for (int i = 0; i < 3; ++i) connections_.set_doing(connect().entry, Doing::handling, now);
  connections_.add(
      [&] {
        is_shut_down.count_down();
        return true;
      },
      now);
  const Reliever reliever(connections_);
  is_shut_down.wait();
  EXPECT_EQ(connections_.counts().open, 4U);
}

TEST_F(ConnectionsTest, NeedNotBeRelievedForTheRelieverToEnd) {
  { const Reliever reliever(connections_); }
  EXPECT_FALSE(connections_.wait_until_crowded());
}

}  // namespace
}  // namespace pppol2tp::http
