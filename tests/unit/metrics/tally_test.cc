#include "agent/metrics/tally.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "agent/model/cow_pages.h"
#include "tests/support/records.h"

namespace pppol2tp::metrics {
namespace {

using model::KernelView;
using model::Session;
using model::Verdict;
using test::kSecond;

class TallyTest : public testing::Test {
 protected:
  std::uint32_t add_running() {
    const std::uint32_t index = sessions_.add();
    Session& session = sessions_.edit(index);
    session.state.phase.current = ring::Phase::running;
    return index;
  }
  model::Snapshot snapshot(std::uint64_t now_ns) {
    model::Snapshot out;
    out.sessions = sessions_.snapshot();
    out.taken_ns = now_ns;
    return out;
  }
  std::uint64_t lost(std::uint64_t now_ns) {
    const auto kind = static_cast<std::size_t>(Verdict::kernel_session_lost);
    return tallies_.of(snapshot(now_ns)).in_disagreement[kind];
  }

  model::CowPages<Session> sessions_;
  Tallies tallies_;
};

TEST_F(TallyTest, CountsSessionsByWhatTheyAre) {
  add_running();
  sessions_.edit(add_running()).state.phase.current = ring::Phase::establish;
  sessions_.edit(add_running()).state.end.cause = ring::Cause::peer_request;
  const Tally tally = tallies_.of(snapshot(kSecond));
  EXPECT_EQ(tally.sessions_up, 1u);
  EXPECT_EQ(tally.sessions_departed, 1u);
  EXPECT_EQ(tally.sessions_by_phase[static_cast<std::size_t>(ring::Phase::establish)], 1u);
  EXPECT_EQ(tally.sessions_by_phase[static_cast<std::size_t>(ring::Phase::running)], 1u);
}

TEST_F(TallyTest, SeesADisagreementOnceItHasStoodForLongEnoughThoughNothingChanges) {
  Session& session = sessions_.edit(add_running());
  session.kernel = KernelView::absent;
  session.kernel_since_ns = 10 * kSecond;
  EXPECT_EQ(lost(11 * kSecond), 0u);
  EXPECT_EQ(lost(10 * kSecond + model::kSettleNs - 1), 0u);
  EXPECT_EQ(lost(10 * kSecond + model::kSettleNs), 1u);
  EXPECT_EQ(lost(60 * kSecond), 1u);
}

TEST_F(TallyTest, IsAlwaysWhatCountingAnewGives) {
  std::mt19937 random(3);
  std::vector<std::uint32_t> present;
  for (int i = 0; i < 600; ++i) present.push_back(add_running());
  std::uint64_t now_ns = kSecond;
  for (int round = 0; round < 300; ++round) {
    Session& session = sessions_.edit(present[random() % present.size()]);
    session.state.phase.current = static_cast<ring::Phase>(random() % 12);
    session.state.end.cause = static_cast<ring::Cause>(random() % 3);
    session.state.end.ended_ns = now_ns - random() % kSecond;
    session.kernel = static_cast<KernelView>(random() % 3);
    session.kernel_since_ns = now_ns;
    session.is_without_plugin = random() % 8 == 0;
    now_ns += random() % kSecond;
    const model::Snapshot shown = snapshot(now_ns);
    ASSERT_EQ(tallies_.of(shown), Tallies().of(shown)) << "round " << round;
  }
}

}  // namespace
}  // namespace pppol2tp::metrics
