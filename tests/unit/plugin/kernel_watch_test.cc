#include "plugin/kernel_watch.h"

#include <gtest/gtest.h>

namespace pppol2tp {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

// The kernel of these tests.
KernelView view = KernelView::present;
int questions = 0;

KernelView look(std::uint32_t tunnel_id, std::uint32_t session_id) {
  EXPECT_EQ(tunnel_id, 7u);
  EXPECT_EQ(session_id, 8u);
  ++questions;
  return view;
}

class KernelWatchTest : public testing::Test {
 protected:
  KernelWatchTest() {
    view = KernelView::present;
    questions = 0;
  }
  KernelWatch watch_{look, 7, 8};
};

TEST_F(KernelWatchTest, ASessionThatReceivesIsNotAskedFor) {
  watch_.link_begins(0);
  for (std::uint64_t i = 1; i < 100; ++i) {
    EXPECT_FALSE(watch_.statistics_read(i, i, i * 10 * kSecond));
  }
  EXPECT_EQ(questions, 1);
}

TEST_F(KernelWatchTest, AnIdleSessionIsAskedForOnceAMinute) {
  watch_.link_begins(0);
  watch_.statistics_read(5, 0, kSecond);
  for (std::uint64_t i = 1; i <= 30; ++i) watch_.statistics_read(5, 0, i * 10 * kSecond);
  EXPECT_EQ(questions, 1 + 5);
}

TEST_F(KernelWatchTest, ALostEchoOnASilentSessionIsReasonToAskAtOnce) {
  watch_.link_begins(0);
  watch_.statistics_read(5, 0, 10 * kSecond);
  view = KernelView::absent;
  EXPECT_FALSE(watch_.statistics_read(6, 1, 20 * kSecond)) << "it received something";
  EXPECT_TRUE(watch_.statistics_read(6, 2, 30 * kSecond));
}

TEST_F(KernelWatchTest, ASessionThatIsGoneWhenItsLinkEndsIsLost) {
  watch_.link_begins(0);
  EXPECT_FALSE(watch_.link_ends(kSecond));
  view = KernelView::absent;
  EXPECT_TRUE(watch_.link_ends(2 * kSecond));
}

TEST_F(KernelWatchTest, WhoWasNeverSeenCannotBeLost) {
  view = KernelView::absent;
  EXPECT_FALSE(watch_.link_begins(0));
  EXPECT_FALSE(watch_.statistics_read(0, 3, 100 * kSecond));
  EXPECT_FALSE(watch_.link_ends(200 * kSecond));
  EXPECT_EQ(questions, 1);
}

TEST_F(KernelWatchTest, NoAnswerIsNoLoss) {
  watch_.link_begins(0);
  view = KernelView::unknown;
  EXPECT_FALSE(watch_.link_ends(kSecond));
}

TEST_F(KernelWatchTest, IdsThatComeBackAreAnothers) {
  watch_.link_begins(0);
  view = KernelView::absent;
  watch_.link_ends(kSecond);
  view = KernelView::present;
  EXPECT_TRUE(watch_.link_begins(2 * kSecond));
  EXPECT_TRUE(watch_.statistics_read(9, 9, 3 * kSecond));
  EXPECT_EQ(questions, 2);
}

}  // namespace
}  // namespace pppol2tp
