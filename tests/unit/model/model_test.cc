#include "agent/model/model.h"

#include <gtest/gtest.h>

#include "tests/support/records.h"

namespace pppol2tp::model {
namespace {

using ring::Cause;
using ring::Phase;
using test::kSecond;
using test::SessionScript;

constexpr std::uint64_t kRetention = 100 * kSecond;
constexpr SessionIds kIds{4026531840, 10, 20};

Limits limits(std::size_t sessions = 1000) {
  return {sessions, kRetention};
}

std::uint64_t ends(const Model& model, Cause cause) {
  return model.totals().ends[static_cast<std::size_t>(cause)];
}

std::uint64_t all_ends(const Model& model) {
  std::uint64_t sum = 0;
  for (const std::uint64_t each : model.totals().ends) sum += each;
  return sum;
}

ring::SlotReading reading_of(std::uint32_t generation,
                             ring::OwnerState owner = ring::OwnerState::lives) {
  return {owner, generation, true};
}

class ModelTest : public testing::Test {
 protected:
  ModelTest() { model_.begin_ring(1, 16); }

  // Ends every live session, as liveness does for processes that are gone.
  void kill(std::uint64_t now_ns) {
    std::vector<std::uint32_t> living;
    model_.for_each_living([&](std::uint32_t index, const Session&) { living.push_back(index); });
    for (const std::uint32_t index : living) {
      model_.end_unannounced(index, Cause::killed, now_ns);
    }
  }

  Model model_{limits()};
  SessionScript session_{10, 20};
};

TEST_F(ModelTest, SessionIsUpOnceItsLinkRuns) {
  model_.apply(session_.opened());
  ASSERT_NE(model_.find(kIds), nullptr);
  EXPECT_FALSE(model_.find(kIds)->is_up());
  model_.apply(session_.phase(Phase::running));
  EXPECT_TRUE(model_.find(kIds)->is_up());
  EXPECT_EQ(model_.totals().starts, 1u);
}

TEST_F(ModelTest, SessionOnItsWayDownIsNotUp) {
  model_.apply(session_.phase(Phase::running));
  model_.apply(session_.phase(Phase::network, ring::Direction::down));
  EXPECT_FALSE(model_.find(kIds)->is_up());
}

TEST_F(ModelTest, SaysWhetherMoreThanStatisticsChanged) {
  const auto facts_version = [&] {
    return model_.snapshot(0, 0).sessions.pages().front()->facts_version;
  };
  model_.apply(session_.opened());
  const std::uint64_t opened = facts_version();
  model_.apply(session_.counters(1000, 500));
  session_.state().echo.requests = 1;
  model_.apply(session_.record(ring::EventType::echo_measured, session_.state().echo));
  EXPECT_EQ(facts_version(), opened);
  EXPECT_EQ(model_.find(kIds)->state.counters.receive_bytes, 1000u);

  test::set_text(session_.state().identity.ifname, "ppp77");  // a change that comes with statistics
  model_.apply(session_.counters(2000, 600));
  const std::uint64_t renamed = facts_version();
  EXPECT_NE(renamed, opened);
  model_.apply(session_.phase(Phase::running));
  EXPECT_NE(facts_version(), renamed);
}

TEST_F(ModelTest, RecordThatIsAppliedTwiceChangesNothing) {
  model_.apply(session_.opened());
  const auto growth = session_.counters(1000, 500);
  const auto end = session_.ended(Cause::user_request);
  for (int i = 0; i < 2; ++i) {
    model_.apply(growth);
    model_.apply(end);
  }
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 1000u);
  EXPECT_EQ(ends(model_, Cause::user_request), 1u);
  EXPECT_EQ(all_ends(model_), 1u);
}

TEST_F(ModelTest, GapInASessionsNumberingIsCounted) {
  model_.apply(session_.opened());
  session_.phase(Phase::establish);  // lost
  session_.phase(Phase::network);    // lost
  model_.apply(session_.phase(Phase::running));
  EXPECT_EQ(model_.totals().records_missed, 2u);
  EXPECT_TRUE(model_.find(kIds)->is_up());
}

TEST_F(ModelTest, EndedSessionStaysForTheRetentionTimeAndThenGoes) {
  model_.apply(session_.at(50 * kSecond).opened());
  model_.apply(session_.at(60 * kSecond).ended(Cause::peer_request));
  model_.expire(60 * kSecond + kRetention - 1);
  ASSERT_NE(model_.find(kIds), nullptr);
  EXPECT_EQ(model_.find(kIds)->state.end.cause, Cause::peer_request);
  model_.expire(60 * kSecond + kRetention);
  EXPECT_EQ(model_.find(kIds), nullptr);
  EXPECT_EQ(ends(model_, Cause::peer_request), 1u);
}

TEST_F(ModelTest, TrafficOfGoneSessionsStaysInTunnelAndHost) {
  SessionScript other(10, 21, 2);
  model_.apply(session_.counters(1000, 100));
  model_.apply(other.counters(50, 5));
  model_.apply(session_.counters(3000, 300));
  model_.apply(session_.ended(Cause::user_request));
  model_.expire(10 * kRetention);
  std::uint64_t in_tunnel = 0;
  model_.snapshot(0, 0).tunnels.for_each(
      [&](const Tunnel& tunnel) { in_tunnel = tunnel.traffic.receive_bytes; });
  EXPECT_EQ(in_tunnel, 3050u);
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 3050u);
  EXPECT_EQ(model_.totals().traffic.transmit_bytes, 305u);
}

TEST_F(ModelTest, EmptyTunnelGoesAfterTheRetentionTime) {
  model_.apply(session_.ended(Cause::user_request));
  const std::uint64_t gone = kSecond + kRetention;
  const auto tunnels = [&] {
    int number = 0;
    model_.snapshot(0, 0).tunnels.for_each([&](const Tunnel&) { ++number; });
    return number;
  };
  model_.expire(gone);
  EXPECT_EQ(tunnels(), 1);
  model_.expire(gone + kRetention);
  EXPECT_EQ(tunnels(), 0);
}

TEST_F(ModelTest, SessionWithAnEndInTheFutureDoesNotHoldUpThoseThatEndLater) {
  SessionScript strange(11, 21, 2);
  model_.apply(strange.at(UINT64_MAX).ended(Cause::hangup));
  model_.apply(session_.ended(Cause::user_request));
  model_.expire(kRetention);  // the strange one's retention begins here
  model_.expire(kSecond + kRetention);
  EXPECT_EQ(model_.find(kIds), nullptr);
  EXPECT_EQ(model_.session_count(), 1u);
  model_.expire(2 * kRetention);
  EXPECT_EQ(model_.session_count(), 0u);
}

TEST_F(ModelTest, EndInTheFutureDoesNotHoldUpTheRest) {
  SessionScript strange(11, 21, 2);
  model_.apply(strange.at(UINT64_MAX).ended(Cause::hangup));
  model_.apply(session_.ended(Cause::user_request));
  SessionScript next(12, 22, 3);
  model_.apply(next.opened());
  SessionScript later(12, 22, 4);
  model_.set_limits({0, kRetention});  // so the tunnel is left without a session
  model_.apply(later.at(UINT64_MAX).opened());
  model_.expire(kSecond);
  EXPECT_EQ(model_.session_count(), 2u);
  EXPECT_EQ(model_.tunnel_count(), 3u);
  model_.expire(kSecond + kRetention);
  EXPECT_EQ(model_.session_count(), 0u);
  EXPECT_EQ(model_.tunnel_count(), 2u);
  model_.expire(kSecond + 2 * kRetention);
  EXPECT_EQ(model_.tunnel_count(), 0u);
}

TEST_F(ModelTest, TunnelThatIsUsedAgainStays) {
  model_.apply(session_.ended(Cause::user_request));
  model_.expire(kSecond + kRetention);
  SessionScript next(10, 21, 2);
  model_.apply(next.at(kSecond + kRetention).opened());
  model_.expire(10 * kRetention);
  EXPECT_NE(model_.find({kIds.netns, 10, 21}), nullptr);
  int tunnels = 0;
  model_.snapshot(0, 0).tunnels.for_each([&](const Tunnel& tunnel) {
    ++tunnels;
    EXPECT_EQ(tunnel.living_sessions, 1u);
  });
  EXPECT_EQ(tunnels, 1);
}

TEST_F(ModelTest, NewSessionTakesThePlaceOfAnEndedOneWithItsIds) {
  model_.apply(session_.ended(Cause::user_request));
  SessionScript next(10, 20, 2);
  model_.apply(next.opened());
  EXPECT_EQ(model_.session_count(), 1u);
  EXPECT_FALSE(model_.find(kIds)->has_ended());
  EXPECT_EQ(model_.totals().starts, 2u);
  EXPECT_EQ(all_ends(model_), 1u);
  model_.expire(10 * kRetention);
  EXPECT_NE(model_.find(kIds), nullptr);
}

TEST_F(ModelTest, LivingSessionWhoseIdsAnotherTookEndedUnseen) {
  model_.apply(session_.opened());
  SessionScript next(10, 20, 2);
  model_.apply(next.opened());
  EXPECT_EQ(ends(model_, Cause::lost), 1u);
  EXPECT_EQ(model_.session_count(), 1u);
}

TEST_F(ModelTest, RecordOfASupersededSessionDoesNotBringItBack) {
  model_.apply(session_.opened());
  SessionScript next(10, 20, 2);
  model_.apply(next.opened());
  model_.apply(session_.ended(Cause::user_request));
  EXPECT_EQ(model_.totals().records_stale, 1u);
  EXPECT_EQ(all_ends(model_), 1u);
  EXPECT_FALSE(model_.find(kIds)->has_ended());
}

TEST_F(ModelTest, TableThatKnowsMoreThanTheRingHealsTheState) {
  session_.in_slot(3, 1);
  model_.apply(session_.opened());
  session_.phase(Phase::running);                         // lost
  session_.counters(500, 50);                             // lost
  const auto late = session_.ended(Cause::echo_timeout);  // not lost, but read after the table
  model_.reconcile(3, reading_of(1), session_.state());
  model_.apply(late);
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 500u);
  EXPECT_EQ(ends(model_, Cause::echo_timeout), 1u);
  EXPECT_EQ(model_.totals().healed_from_table, 1u);
}

TEST_F(ModelTest, GapIsHealedEvenWhenTheNewestRecordIsKnown) {
  session_.in_slot(3, 1);
  model_.apply(session_.opened());
  session_.phase(Phase::running);  // lost
  model_.apply(session_.counters(500, 50));
  EXPECT_FALSE(model_.find(kIds)->is_up());
  for (int i = 0; i < 2; ++i) model_.reconcile(3, reading_of(1), session_.state());
  EXPECT_TRUE(model_.find(kIds)->is_up());
  EXPECT_EQ(model_.totals().healed_from_table, 1u);
}

TEST_F(ModelTest, EndThatOnlyTheTableTellsOfIsCountedOnceEvenAfterTheSessionHasGone) {
  session_.in_slot(3, 1);
  model_.apply(session_.opened());
  session_.ended(Cause::user_request);  // lost
  for (int i = 0; i < 2; ++i) model_.reconcile(3, reading_of(1), session_.state());
  model_.expire(10 * kRetention);
  model_.reconcile(3, reading_of(1), session_.state());
  EXPECT_EQ(ends(model_, Cause::user_request), 1u);
  EXPECT_EQ(model_.totals().starts, 1u);
  EXPECT_EQ(model_.find(kIds), nullptr);
}

TEST_F(ModelTest, SkippedGenerationsAreSessionsThatCameAndWentUnseen) {
  session_.in_slot(3, 1);
  model_.apply(session_.opened());
  model_.apply(session_.ended(Cause::user_request));
  SessionScript next(11, 21, 2);
  model_.apply(next.in_slot(3, 4).opened());
  EXPECT_EQ(model_.totals().starts, 4u);
  EXPECT_EQ(ends(model_, Cause::lost), 2u);
}

TEST_F(ModelTest, SlotOutsideTheTableIsNotTrusted) {
  model_.apply(session_.in_slot(1'000'000, 77).opened());
  EXPECT_EQ(model_.totals().starts, 1u);
  EXPECT_NE(model_.find(kIds), nullptr);
}

TEST_F(ModelTest, KilledSessionKeepsItsSeriesAndItsCause) {
  model_.apply(session_.phase(Phase::running));
  kill(5 * kSecond);
  EXPECT_FALSE(model_.find(kIds)->is_up());
  EXPECT_EQ(model_.find(kIds)->state.end.cause, Cause::killed);
  EXPECT_EQ(model_.find(kIds)->state.end.reached, Phase::running);
  EXPECT_EQ(ends(model_, Cause::killed), 1u);
  model_.expire(5 * kSecond + kRetention);
  EXPECT_EQ(model_.find(kIds), nullptr);
}

TEST_F(ModelTest, EndThatIsToldAfterTheSessionWasGivenUpChangesNeitherCauseNorRetention) {
  model_.apply(session_.phase(Phase::running));
  kill(5 * kSecond);
  model_.apply(session_.at(4 * kSecond).ended(Cause::user_request));
  EXPECT_EQ(model_.find(kIds)->state.end.cause, Cause::killed);
  EXPECT_EQ(all_ends(model_), 1u);
  model_.expire(5 * kSecond + kRetention);
  EXPECT_EQ(model_.find(kIds), nullptr);
}

TEST_F(ModelTest, SessionThatWasGivenUpIsNotBroughtBackByTheTable) {
  session_.in_slot(3, 1);
  model_.apply(session_.phase(Phase::running));
  kill(5 * kSecond);
  session_.counters(1000, 0);  // lost
  model_.reconcile(3, reading_of(1), session_.state());
  EXPECT_EQ(model_.find(kIds)->state.end.cause, Cause::killed);
  EXPECT_EQ(model_.find(kIds)->state.counters.receive_bytes, 1000u);
  EXPECT_EQ(all_ends(model_), 1u);
  model_.snapshot(0, 0).tunnels.for_each(
      [](const Tunnel& tunnel) { EXPECT_EQ(tunnel.living_sessions, 0u); });
}

TEST_F(ModelTest, SessionsBeyondTheLimitAreCountedAndLeftOut) {
  model_.set_limits(limits(1));
  model_.apply(session_.in_slot(0, 1).opened());
  SessionScript second(11, 21, 2);
  second.in_slot(1, 1);
  model_.apply(second.opened());
  model_.apply(second.phase(Phase::running));
  EXPECT_EQ(model_.session_count(), 1u);
  EXPECT_EQ(model_.totals().sessions_left_out, 1u);
}

TEST_F(ModelTest, SessionThatWasLeftOutIsShownOnceThereIsRoom) {
  model_.set_limits(limits(1));
  model_.apply(session_.in_slot(0, 1).opened());
  SessionScript second(11, 21, 2);
  second.in_slot(1, 1);
  for (int i = 0; i < 3; ++i) model_.apply(second.counters(1000, 0));
  EXPECT_EQ(model_.session_count(), 1u);
  EXPECT_EQ(model_.totals().sessions_left_out, 1u) << "counted once";
  EXPECT_EQ(model_.totals().records_stale, 0u);

  Model restarted(limits(2));
  restarted.restore({model_.ring_epoch(), model_.known_generations(), {}, {}, {}});
  restarted.apply(second.phase(Phase::running));
  EXPECT_EQ(restarted.session_count(), 1u);

  model_.set_limits(limits(2));
  model_.apply(second.phase(Phase::running));
  EXPECT_EQ(model_.session_count(), 2u);
  EXPECT_EQ(model_.totals().starts, 2u);
  EXPECT_EQ(model_.totals().sessions_left_out, 1u);
  EXPECT_EQ(model_.totals().records_missed, 0u);
  EXPECT_EQ(all_ends(model_), 0u);
  EXPECT_EQ(model_.take_late_slots(), std::vector<std::uint32_t>{1});
  EXPECT_TRUE(model_.take_late_slots().empty());
  model_.reconcile(1, {ring::OwnerState::lives, 1, true}, second.state());
  EXPECT_EQ(model_.find({kIds.netns, 11, 21})->state.counters.receive_bytes, 1000u);
}

TEST_F(ModelTest, EndOfASessionThatWasLeftOutIsNotCountedOnceThereIsRoom) {
  model_.set_limits(limits(1));
  model_.apply(session_.in_slot(0, 1).opened());
  SessionScript second(11, 21, 2);
  model_.apply(second.in_slot(1, 1).opened());
  const auto last = second.ended(Cause::hangup);
  model_.set_limits(limits(2));
  model_.reconcile(1, {ring::OwnerState::none, 1, true}, second.state());  // its slot, given back
  EXPECT_EQ(model_.session_count(), 1u);
  model_.apply(last);
  EXPECT_EQ(model_.session_count(), 1u);
  model_.reconcile(1, {ring::OwnerState::lives, 1, true}, second.state());
  EXPECT_EQ(model_.session_count(), 1u) << "known as ended from here on";
  EXPECT_EQ(model_.totals().starts, 1u);
  EXPECT_EQ(all_ends(model_), 0u);

  Model restarted(limits(2));
  restarted.restore({model_.ring_epoch(), model_.known_generations(), {}, {}, {}});
  restarted.reconcile(1, {ring::OwnerState::none, 1, true}, second.state());
  EXPECT_EQ(restarted.totals().starts, 0u);
  EXPECT_EQ(all_ends(restarted), 0u);
}

TEST_F(ModelTest, SessionThatWasLeftOutAndHasGoneIsOldNewsForItsSuccessorInTheSlot) {
  model_.set_limits(limits(1));
  model_.apply(session_.in_slot(0, 1).opened());
  SessionScript second(11, 21, 2);
  model_.apply(second.in_slot(1, 1).opened());
  model_.set_limits(limits(5));
  SessionScript third(12, 22, 3);
  model_.apply(third.in_slot(1, 2).opened());
  model_.apply(second.phase(Phase::running));
  EXPECT_EQ(model_.session_count(), 2u);
  EXPECT_EQ(model_.totals().records_stale, 1u);
  EXPECT_EQ(all_ends(model_), 0u);
}

TEST_F(ModelTest, SessionThatEndedFirstGivesWayAtTheLimit) {
  model_.set_limits(limits(2));
  SessionScript second(11, 21, 2);
  SessionScript third(12, 22, 3);
  model_.apply(second.at(kSecond).ended(Cause::hangup));
  model_.apply(session_.at(2 * kSecond).ended(Cause::user_request));
  model_.apply(third.opened());
  EXPECT_EQ(model_.session_count(), 2u);
  EXPECT_EQ(model_.find({kIds.netns, 11, 21}), nullptr);
  EXPECT_NE(model_.find(kIds), nullptr);
  EXPECT_EQ(model_.totals().sessions_given_up, 1u);
  EXPECT_EQ(model_.totals().sessions_left_out, 0u);
  EXPECT_EQ(model_.totals().starts, 3u);
  EXPECT_EQ(all_ends(model_), 2u);
}

TEST_F(ModelTest, SessionsThatComeAndGoFastKeepNobodyOut) {
  model_.set_limits(limits(2));
  model_.apply(session_.opened());
  for (std::uint32_t i = 1; i <= 100; ++i) {
    SessionScript flapping(11, 20 + i, 1 + i);
    model_.apply(flapping.opened());
    model_.apply(flapping.ended(Cause::hangup));
  }
  SessionScript last(12, 22, 200);
  model_.apply(last.opened());
  EXPECT_NE(model_.find(kIds), nullptr);
  EXPECT_NE(model_.find({kIds.netns, 12, 22}), nullptr);
  EXPECT_EQ(model_.session_count(), 2u);
  EXPECT_EQ(model_.totals().sessions_left_out, 0u);
  EXPECT_EQ(model_.totals().sessions_given_up, 100u);
  EXPECT_EQ(all_ends(model_), 100u);
}

TEST_F(ModelTest, SessionThatWasLeftOutTakesThePlaceOfOneThatEnds) {
  model_.set_limits(limits(1));
  model_.apply(session_.in_slot(0, 1).opened());
  SessionScript second(11, 21, 2);
  model_.apply(second.in_slot(1, 1).opened());
  model_.apply(session_.ended(Cause::user_request));
  model_.apply(second.phase(Phase::running));
  EXPECT_NE(model_.find({kIds.netns, 11, 21}), nullptr);
  EXPECT_EQ(model_.totals().sessions_left_out, 1u);
  EXPECT_EQ(model_.totals().sessions_given_up, 1u);
}

TEST_F(ModelTest, RecordOfASessionThatGaveWayIsStale) {
  model_.set_limits(limits(1));
  model_.apply(session_.in_slot(0, 1).ended(Cause::user_request));
  SessionScript second(11, 21, 2);
  model_.apply(second.in_slot(1, 1).opened());
  model_.apply(session_.counters(1000, 0));
  EXPECT_EQ(model_.totals().records_stale, 1u);
  EXPECT_EQ(model_.find(kIds), nullptr);
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 0u);
}

TEST_F(ModelTest, NoEndedSessionGivesWayWhereThatMakesNoRoom) {
  SessionScript second(11, 21, 2);
  model_.apply(session_.ended(Cause::user_request));
  model_.apply(second.opened());
  model_.set_limits(limits(1));
  SessionScript third(12, 22, 3);
  model_.apply(third.opened());
  EXPECT_NE(model_.find(kIds), nullptr);
  EXPECT_EQ(model_.totals().sessions_left_out, 1u);
  EXPECT_EQ(model_.totals().sessions_given_up, 0u);
}

TEST_F(ModelTest, CounterThatWentBackBeganAnew) {
  model_.apply(session_.counters(1000, 0));
  model_.apply(session_.counters(300, 0));
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 1300u);
}

TEST_F(ModelTest, CauseThatThisVersionDoesNotKnowCountsAsError) {
  model_.apply(session_.ended(static_cast<Cause>(200)));
  EXPECT_EQ(ends(model_, Cause::error), 1u);
}

TEST_F(ModelTest, RecordOfAnUnknownTypeIsCountedAndItsSessionKept) {
  auto record = session_.opened();
  record.header.type = static_cast<ring::EventType>(999);
  model_.apply(record);
  EXPECT_EQ(model_.totals().records_of_unknown_type, 1u);
  EXPECT_NE(model_.find(kIds), nullptr);
}

TEST_F(ModelTest, AnotherRingForgetsPlacesAndGenerationsButNotSessions) {
  session_.in_slot(3, 5);
  model_.apply(session_.opened());
  const std::uint64_t starts = model_.totals().starts;
  model_.begin_ring(2, 16);
  EXPECT_FALSE(model_.find(kIds)->has_slot);
  session_.in_slot(0, 1);  // the session publishes itself again in the new ring
  model_.apply(session_.opened());
  EXPECT_TRUE(model_.find(kIds)->has_slot);
  EXPECT_EQ(model_.totals().starts, starts);
}

TEST_F(ModelTest, DetachedPppdIsStillTheSameSession) {
  model_.apply(session_.in_slot(0, 1).opened());
  session_.state().identity.pid = 4242;
  session_.state().identity.start_ticks = 999;
  model_.apply(session_.in_slot(1, 1).phase(Phase::running));
  EXPECT_EQ(model_.totals().starts, 1u);
  EXPECT_EQ(all_ends(model_), 0u);
  EXPECT_EQ(model_.find(kIds)->state.identity.pid, 4242u);
  EXPECT_EQ(model_.find(kIds)->slot, 1u);
}

}  // namespace
}  // namespace pppol2tp::model
