#include "agent/base/guarded.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace pppol2tp {
namespace {

TEST(Guarded, KeepsConcurrentChangesWhole) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 10'000;
  Guarded<int> count(0);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) ++*count.lock();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(*count.lock(), kThreads * kRounds);
}

TEST(Guarded, LetsOthersInWhileItWaits) {
  Guarded<bool> is_done(false);
  std::condition_variable changed;
  auto locked = is_done.lock();
  std::thread other([&] {
    *is_done.lock() = true;
    changed.notify_all();
  });
  locked.wait(changed, [&] { return *locked; });
  EXPECT_TRUE(*locked);
  other.join();
}

TEST(Guarded, SaysWhenWaitingWasInVain) {
  Guarded<bool> is_done(false);
  std::condition_variable changed;
  auto locked = is_done.lock();
  EXPECT_FALSE(locked.wait_for(changed, std::chrono::nanoseconds(1), [&] { return *locked; }));
}

}  // namespace
}  // namespace pppol2tp
