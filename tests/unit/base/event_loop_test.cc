#include "agent/base/event_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>
#include <thread>
#include <vector>

namespace pppol2tp {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class EventLoopTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = EventLoop::create();
    ASSERT_TRUE(made) << made.error().message;
    loop_ = *std::move(made);
    std::array<int, 2> ends{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    near_ = Fd(ends[0]);
    far_ = Fd(ends[1]);
  }

  void make_readable() { ASSERT_EQ(::write(far_.get(), "x", 1), 1); }

  void run() {
    const auto ended = loop_->run();
    ASSERT_TRUE(ended) << ended.error().message;
  }

  std::unique_ptr<EventLoop> loop_;
  Fd near_;
  Fd far_;
};

TEST_F(EventLoopTest, CallsBackForAReadyDescriptorWithItsEvents) {
  std::uint32_t seen = 0;
  const auto watch = loop_->watch(near_.get(), EPOLLIN, [&](std::uint32_t events) {
    seen = events;
    loop_->stop();
  });
  ASSERT_TRUE(watch);
  make_readable();
  run();
  EXPECT_EQ(seen, static_cast<std::uint32_t>(EPOLLIN));
}

TEST_F(EventLoopTest, GoesOnCallingWhileADescriptorStaysReady) {
  int calls = 0;
  const auto watch = loop_->watch(near_.get(), EPOLLIN, [&](std::uint32_t) {
    if (++calls == 3) loop_->stop();
  });
  make_readable();
  run();
  EXPECT_GE(calls, 3);
}

TEST_F(EventLoopTest, RefusesADescriptorThatCannotBeWatched) {
  const auto watch = loop_->watch(-1, EPOLLIN, [](std::uint32_t) {});
  ASSERT_FALSE(watch);
  EXPECT_EQ(watch.error().message, "watching descriptor -1: Bad file descriptor");
}

TEST_F(EventLoopTest, DoesNotCallAWatchThatEnded) {
  int calls = 0;
  auto ended = loop_->watch(near_.get(), EPOLLIN, [&](std::uint32_t) { ++calls; });
  ASSERT_TRUE(ended);
  ended->end();
  make_readable();
  const auto other = loop_->watch(near_.get(), EPOLLIN, [&](std::uint32_t) { loop_->stop(); });
  run();
  EXPECT_EQ(calls, 0);
}

TEST_F(EventLoopTest, LetsACallbackEndItsOwnWatch) {
  int calls = 0;
  std::optional<Watch> watch;
  auto made = loop_->watch(near_.get(), EPOLLIN, [&](std::uint32_t) {
    ++calls;
    watch.reset();
    loop_->stop();
  });
  watch.emplace(*std::move(made));
  make_readable();
  run();
  EXPECT_EQ(calls, 1);
  EXPECT_FALSE(watch);
}

TEST_F(EventLoopTest, DoesNotCallAWatchThatEndedWhileItsEventWasOnTheWay) {
  // Both are ready at once, so the kernel reports both; the one that is called first removes the
  // other.
  make_readable();
  Fd same(::dup(near_.get()));
  int calls = 0;
  std::optional<Watch> first;
  std::optional<Watch> second;
  const auto end_both = [&](std::uint32_t) {
    ++calls;
    first.reset();
    second.reset();
    loop_->stop();
  };
  first.emplace(*loop_->watch(near_.get(), EPOLLIN, end_both));
  second.emplace(*loop_->watch(same.get(), EPOLLIN, end_both));
  run();
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, FiresAOneShotTimerOnce) {
  int calls = 0;
  auto once = loop_->make_timer([&] { ++calls; });
  auto last = loop_->make_timer([&] { loop_->stop(); });
  ASSERT_TRUE(once && last);
  once->start_once(0ns);
  last->start_once(20ms);
  run();
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, FiresAPeriodicTimerUntilItIsStopped) {
  int calls = 0;
  auto timer = loop_->make_timer([&] {
    if (++calls == 3) loop_->stop();
  });
  timer->start_periodic(1ms);
  run();
  EXPECT_EQ(calls, 3);
  timer->stop();
  auto last = loop_->make_timer([&] { loop_->stop(); });
  last->start_once(10ms);
  run();
  EXPECT_EQ(calls, 3);
}

TEST_F(EventLoopTest, DoesNotFireATimerThatWasStoppedAfterItExpired) {
  int calls = 0;
  std::vector<Timer*> both;
  const auto stop_both = [&] {
    ++calls;
    for (Timer* timer : both) timer->stop();
    loop_->stop();
  };
  auto first = loop_->make_timer(stop_both);
  auto second = loop_->make_timer(stop_both);
  both = {&*first, &*second};
  for (Timer* timer : both) timer->start_once(0ns);
  run();
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, RunsPostedTasksInOrderBeforeItStops) {
  std::vector<int> order;
  loop_->post([&] { order.push_back(1); });
  loop_->post([&] { order.push_back(2); });
  loop_->stop();
  run();
  EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST_F(EventLoopTest, RunsATaskThatATaskPosted) {
  bool is_run = false;
  loop_->post([&] {
    loop_->post([&] {
      is_run = true;
      loop_->stop();
    });
  });
  run();
  EXPECT_TRUE(is_run);
}

TEST_F(EventLoopTest, TakesTasksOfOtherThreadsToItsOwn) {
  constexpr int kThreads = 4;
  constexpr int kTasks = 250;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int task = 0; task < kTasks; ++task) {
        loop_->post([&] {
          if (++count == kThreads * kTasks) loop_->stop();
        });
      }
    });
  }
  run();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count, kThreads * kTasks);
}

TEST_F(EventLoopTest, CanBeStoppedByAnotherThreadWhileItSleeps) {
  std::thread other([&] { loop_->stop(); });
  run();
  other.join();
}

TEST_F(EventLoopTest, CanRunAgain) {
  loop_->stop();
  run();
  bool is_run = false;
  loop_->post([&] { is_run = true; });
  loop_->stop();
  run();
  EXPECT_TRUE(is_run);
}

TEST_F(EventLoopTest, TakesASignalToItsCallback) {
  std::vector<int> seen;
  const auto watch = loop_->watch_signals({SIGHUP, SIGUSR1}, [&](int signal_number) {
    seen.push_back(signal_number);
    loop_->stop();
  });
  ASSERT_TRUE(watch);
  ASSERT_EQ(::kill(::getpid(), SIGHUP), 0);
  run();
  ASSERT_EQ(::kill(::getpid(), SIGUSR1), 0);
  run();
  EXPECT_THAT(seen, ElementsAre(SIGHUP, SIGUSR1));
}

}  // namespace
}  // namespace pppol2tp
