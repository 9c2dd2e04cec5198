#include "agent/base/signal_mask.h"

#include <gtest/gtest.h>

#include <thread>

namespace pppol2tp {
namespace {

bool is_blocked(int signal_number) {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, signal_number) == 1;
}

TEST(AllSignalsBlocked, BlocksThemInThreadsStartedMeanwhile) {
  bool is_blocked_there = false;
  {
    const AllSignalsBlocked blocked;
    std::thread([&] { is_blocked_there = is_blocked(SIGTERM); }).join();
  }
  EXPECT_TRUE(is_blocked_there);
}

TEST(AllSignalsBlocked, LeavesTheMaskAsItFoundIt) {
  ASSERT_FALSE(is_blocked(SIGTERM));
  { const AllSignalsBlocked blocked; }
  EXPECT_FALSE(is_blocked(SIGTERM));
}

}  // namespace
}  // namespace pppol2tp
