#include "agent/model/setup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "agent/model/model.h"
#include "tests/support/records.h"

namespace pppol2tp::model {
namespace {

using ring::Cause;
using ring::Direction;
using ring::Phase;
using test::kSecond;
using test::SessionScript;

constexpr std::uint64_t kMs = 1'000'000;

const Histogram& durations_to(const Model& model, Phase phase) {
  const auto found = std::find(kTimedPhases.begin(), kTimedPhases.end(), phase);
  return model.totals().setup.durations.at(static_cast<std::size_t>(found - kTimedPhases.begin()));
}

std::uint64_t observations(const Histogram& histogram) {
  return std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t{0});
}

std::uint64_t failures(const Model& model, Phase reached) {
  return model.totals().setup.failures.at(static_cast<std::size_t>(reached));
}

std::uint64_t all_failures(const Model& model) {
  const auto& each = model.totals().setup.failures;
  return std::accumulate(each.begin(), each.end(), std::uint64_t{0});
}

class SetupTest : public testing::Test {
 protected:
  SetupTest() { model_.begin_ring(1, 16); }

  void come_up(SessionScript& session, std::uint64_t start_ns) {
    model_.apply(session.at(start_ns).opened());
    model_.apply(session.at(start_ns + 10 * kMs).phase(Phase::establish));
    model_.apply(session.at(start_ns + 30 * kMs).phase(Phase::authenticate));
    model_.apply(session.at(start_ns + 200 * kMs).phase(Phase::network));
    model_.apply(session.at(start_ns + 700 * kMs).phase(Phase::running));
  }

  Model model_{{1000, 100 * kSecond}};
  SessionScript session_{10, 20};
};

TEST_F(SetupTest, EachPhaseIsTimedFromTheSessionsStart) {
  come_up(session_, 5 * kSecond);
  EXPECT_EQ(durations_to(model_, Phase::authenticate).sum_ns, 30 * kMs);
  EXPECT_EQ(durations_to(model_, Phase::network).sum_ns, 200 * kMs);
  EXPECT_EQ(durations_to(model_, Phase::running).sum_ns, 700 * kMs);
  for (const Histogram& each : model_.totals().setup.durations) EXPECT_EQ(observations(each), 1u);
}

TEST_F(SetupTest, ASecondWayUpOfTheSameSessionIsNotTimed) {
  come_up(session_, 5 * kSecond);
  model_.apply(session_.at(60 * kSecond).phase(Phase::establish, Direction::down));
  model_.apply(session_.at(61 * kSecond).phase(Phase::authenticate));
  model_.apply(session_.at(62 * kSecond).phase(Phase::running));
  EXPECT_EQ(observations(durations_to(model_, Phase::running)), 1u);
  EXPECT_EQ(durations_to(model_, Phase::running).sum_ns, 700 * kMs);
}

TEST_F(SetupTest, PhasesThatTheRingLostAreTimedOnceTheTableTellsThem) {
  SessionScript twin = session_;
  model_.apply(session_.in_slot(3, 1).at(5 * kSecond).opened());
  twin.in_slot(3, 1).at(5 * kSecond).opened();
  twin.at(5 * kSecond + 30 * kMs).phase(Phase::authenticate);
  twin.at(5 * kSecond + 40 * kMs).phase(Phase::running);
  const ring::SlotReading reading{ring::OwnerState::lives, 1, true};
  model_.reconcile(3, reading, twin.state());
  model_.reconcile(3, reading, twin.state());
  EXPECT_EQ(observations(durations_to(model_, Phase::authenticate)), 1u);
  EXPECT_EQ(durations_to(model_, Phase::running).sum_ns, 40 * kMs);
}

TEST_F(SetupTest, APhaseWaitsForTheSessionsStartToBeKnown) {
  session_.at(5 * kSecond).opened();  // lost
  model_.apply(session_.at(6 * kSecond).phase(Phase::running));
  EXPECT_EQ(observations(durations_to(model_, Phase::running)), 0u);
  model_.apply(session_.record(ring::EventType::opened, session_.state().opened));
  EXPECT_EQ(observations(durations_to(model_, Phase::running)), 1u);
  EXPECT_EQ(durations_to(model_, Phase::running).sum_ns, kSecond);
}

TEST_F(SetupTest, ASessionThatNeverRanFailedAtItsFurthestPhase) {
  model_.apply(session_.at(5 * kSecond).opened());
  model_.apply(session_.phase(Phase::establish));
  model_.apply(session_.phase(Phase::authenticate));
  model_.apply(session_.phase(Phase::establish, Direction::down));
  model_.apply(session_.ended(Cause::auth_failed));
  EXPECT_EQ(failures(model_, Phase::authenticate), 1u);
  EXPECT_EQ(all_failures(model_), 1u);
}

TEST_F(SetupTest, ASessionThatWasKilledOnItsWayUpFailedToo) {
  model_.apply(session_.at(5 * kSecond).opened());
  model_.apply(session_.phase(Phase::establish));
  model_.end_unannounced(0, Cause::killed, 6 * kSecond);
  EXPECT_EQ(failures(model_, Phase::establish), 1u);
}

TEST_F(SetupTest, ASessionThatRanDidNotFailHoweverItEnds) {
  come_up(session_, 5 * kSecond);
  model_.apply(session_.ended(Cause::echo_timeout));
  EXPECT_EQ(all_failures(model_), 0u);
}

TEST_F(SetupTest, APhaseThatNoTableHasIsNoFailure) {
  model_.apply(session_.at(5 * kSecond).opened());
  session_.state().phase.furthest = Phase{200};
  model_.apply(session_.ended(Cause::error));
  EXPECT_EQ(all_failures(model_), 0u);
}

TEST(Histogram, ADurationOfABoundIsWithinIt) {
  Histogram histogram;
  constexpr std::array<std::uint64_t, 2> kBounds = {10, 20};
  for (const std::uint64_t duration : {0u, 10u, 11u, 20u, 21u, 1000u}) {
    histogram.observe(kBounds, duration);
  }
  EXPECT_EQ(histogram.counts[0], 2u);
  EXPECT_EQ(histogram.counts[1], 2u);
  EXPECT_EQ(histogram.counts[2], 2u);
  EXPECT_EQ(histogram.sum_ns, 1062u);
}

}  // namespace
}  // namespace pppol2tp::model
