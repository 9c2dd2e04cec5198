#include <gtest/gtest.h>

#include "agent/model/checkpoint.h"
#include "agent/model/model.h"
#include "tests/support/records.h"

namespace pppol2tp::model {
namespace {

using ring::Cause;
using ring::Phase;
using test::kSecond;
using test::SessionScript;

constexpr std::uint64_t kRetention = 100 * kSecond;
constexpr SessionIds kIds{4026531840, 10, 20};
constexpr TunnelIds kTunnel{kIds.netns, kIds.tunnel_id};

KernelSession kernel_session(std::uint64_t receive_bytes = 0) {
  KernelSession session;
  session.tunnel_id = kIds.tunnel_id;
  session.session_id = kIds.session_id;
  session.is_ppp = true;
  session.counters.receive_bytes = receive_bytes;
  return session;
}

KernelTunnel kernel_tunnel() {
  KernelTunnel tunnel;
  tunnel.tunnel_id = kTunnel.tunnel_id;
  tunnel.peer_tunnel_id = 77;
  return tunnel;
}

class ModelKernelTest : public testing::Test {
 protected:
  ModelKernelTest() { model_.begin_ring(1, 16); }

  std::uint64_t ends(Cause cause) const {
    return model_.totals().ends[static_cast<std::size_t>(cause)];
  }
  void bring_up() {
    model_.apply(session_.at(10 * kSecond).opened());
    model_.apply(session_.phase(Phase::running));
  }

  Model model_{{100, kRetention, 10}};
  SessionScript session_{10, 20};
};

TEST_F(ModelKernelTest, SessionThatTheKernelLostUnderALivingPppdIsDownAndHasNotEnded) {
  bring_up();
  model_.hear_session(kIds, kernel_session(), 11 * kSecond);
  EXPECT_TRUE(model_.find(kIds)->is_up());
  model_.hear_session(kIds, std::nullopt, 12 * kSecond);
  EXPECT_FALSE(model_.find(kIds)->is_up());
  EXPECT_FALSE(model_.find(kIds)->has_ended());
}

// It would come back, as a session without the plugin.
TEST_F(ModelKernelTest, EndedSessionThatTheKernelStillHasDoesNotGiveWay) {
  bring_up();
  model_.apply(session_.ended(Cause::user_request));
  model_.hear_session(kIds, kernel_session(), 11 * kSecond);
  SessionScript second(10, 21, 2);
  model_.apply(second.at(12 * kSecond).ended(Cause::hangup));
  model_.set_limits({2, kRetention, 10});
  SessionScript third(10, 22, 3);
  model_.apply(third.opened());
  EXPECT_NE(model_.find(kIds), nullptr);
  EXPECT_EQ(model_.find({kIds.netns, 10, 21}), nullptr) << "ended later, but is not in the kernel";
  SessionScript fourth(10, 23, 4);
  model_.apply(fourth.opened());
  EXPECT_EQ(model_.totals().sessions_left_out, 1u);
}

TEST_F(ModelKernelTest, AnswerOfTheTimeBeforeASessionSaysNothingOfIt) {
  bring_up();
  model_.hear_session(kIds, std::nullopt, 9 * kSecond);
  EXPECT_TRUE(model_.find(kIds)->is_up());
  EXPECT_EQ(model_.find(kIds)->kernel, KernelView::unknown);
}

TEST_F(ModelKernelTest, IdsThatAreUsedAgainAtOnceBeginWithoutTheKernelsOldWord) {
  bring_up();
  model_.hear_session(kIds, std::nullopt, 11 * kSecond);
  SessionScript next(10, 20, 2);
  model_.apply(next.at(12 * kSecond).opened());
  model_.apply(next.phase(Phase::running));
  EXPECT_EQ(model_.find(kIds)->kernel, KernelView::unknown);
  EXPECT_TRUE(model_.find(kIds)->is_up());
  EXPECT_EQ(model_.totals().starts, 2u);
  EXPECT_EQ(ends(Cause::lost), 1u);
}

TEST_F(ModelKernelTest, TunnelThatTheKernelLostTakesItsSessionsWithIt) {
  bring_up();
  SessionScript other(11, 20, 2);
  model_.apply(other.at(10 * kSecond).opened());
  model_.apply(other.phase(Phase::running));
  model_.hear_tunnel(kTunnel, kernel_tunnel(), 11 * kSecond);
  EXPECT_TRUE(model_.find(kTunnel)->is_up());
  model_.hear_tunnel(kTunnel, std::nullopt, 12 * kSecond);
  model_.lose_sessions_of({kTunnel}, 12 * kSecond);
  EXPECT_FALSE(model_.find(kTunnel)->is_up());
  EXPECT_FALSE(model_.find(kIds)->is_up());
  EXPECT_TRUE(model_.find(SessionIds{kIds.netns, 11, 20})->is_up());
}

TEST_F(ModelKernelTest, SessionOfATunnelThatWasMadeAgainSinceTheQuestionIsNotLost) {
  session_.at(20 * kSecond);
  model_.apply(session_.opened());
  model_.apply(session_.phase(Phase::running));
  model_.hear_tunnel(kTunnel, std::nullopt, 19 * kSecond);
  model_.lose_sessions_of({kTunnel}, 19 * kSecond);
  EXPECT_TRUE(model_.find(kIds)->is_up());
}

TEST_F(ModelKernelTest, SessionWithoutAPluginIsCountedOnceAndEndsWithTheKernels) {
  ASSERT_TRUE(model_.add_without_plugin(kIds, kernel_session(500), 10 * kSecond));
  EXPECT_EQ(model_.totals().starts, 1u);
  model_.hear_session(kIds, kernel_session(900), 11 * kSecond);
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 900u);
  model_.hear_session(kIds, std::nullopt, 12 * kSecond);
  EXPECT_TRUE(model_.find(kIds)->has_ended());
  EXPECT_EQ(ends(Cause::lost), 1u);
  model_.hear_session(kIds, std::nullopt, 13 * kSecond);
  EXPECT_EQ(ends(Cause::lost), 1u);
}

TEST_F(ModelKernelTest, PluginThatSpeaksLateTakesOverItsSessionAndNothingIsCountedTwice) {
  model_.add_without_plugin(kIds, kernel_session(500), 10 * kSecond);
  session_.in_slot(3, 1);
  model_.apply(session_.at(9 * kSecond).opened());
  model_.apply(session_.phase(Phase::running));
  model_.apply(session_.at(11 * kSecond).counters(800, 0));
  const Session& session = *model_.find(kIds);
  EXPECT_FALSE(session.is_without_plugin);
  EXPECT_TRUE(session.is_up());
  EXPECT_EQ(session.slot, 3u);
  EXPECT_EQ(model_.totals().starts, 1u);
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 800u);
}

TEST_F(ModelKernelTest, CountersThatAPluginReadBeforeTheKernelWasAskedAreNotCountedAgain) {
  model_.add_without_plugin(kIds, kernel_session(500), 10 * kSecond);
  model_.apply(session_.at(1 * kSecond).opened());
  model_.apply(session_.at(2 * kSecond).counters(100, 0));
  model_.apply(session_.at(8 * kSecond).counters(400, 0));
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 500u);
  EXPECT_EQ(model_.find(kIds)->state.counters.receive_bytes, 500u);
  model_.apply(session_.at(12 * kSecond).counters(600, 0));
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 600u);
}

TEST_F(ModelKernelTest, StateFromTheTableDoesNotBringOldCountersEither) {
  model_.add_without_plugin(kIds, kernel_session(500), 10 * kSecond);
  session_.at(1 * kSecond).opened();
  session_.at(2 * kSecond).counters(100, 0);
  ring::SlotReading reading;
  reading.generation = 1;
  reading.has_state = true;
  model_.reconcile(3, reading, session_.state());
  EXPECT_FALSE(model_.find(kIds)->is_without_plugin);
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 500u);
}

TEST_F(ModelKernelTest, SessionThatWasLeftOutAndThatTheKernelShowsFirstIsTakenOverByItsPlugin) {
  model_.set_limits({1, kRetention, 10});
  SessionScript other(11, 21, 2);
  model_.apply(other.in_slot(0, 1).opened());
  session_.in_slot(1, 1);
  bring_up();
  EXPECT_EQ(model_.find(kIds), nullptr);
  model_.set_limits({100, kRetention, 10});
  model_.add_without_plugin(kIds, kernel_session(5), 20 * kSecond);
  model_.apply(session_.at(21 * kSecond).counters(6, 1));
  EXPECT_FALSE(model_.find(kIds)->is_without_plugin);
}

TEST_F(ModelKernelTest, EndedSessionThatTheKernelStillHasStaysUntilItHasNot) {
  bring_up();
  model_.apply(session_.at(20 * kSecond).ended(Cause::killed));
  model_.hear_session(kIds, kernel_session(), 21 * kSecond);
  model_.expire(20 * kSecond + 5 * kRetention);
  ASSERT_NE(model_.find(kIds), nullptr);
  const std::uint64_t gone = 20 * kSecond + 6 * kRetention;
  model_.hear_session(kIds, std::nullopt, gone);
  model_.expire(gone);
  EXPECT_EQ(model_.find(kIds), nullptr);
  EXPECT_EQ(ends(Cause::killed), 1u);
}

TEST_F(ModelKernelTest, AnswerThatIsOlderThanTheLatestIsPassedOver) {
  bring_up();
  model_.hear_session(kIds, std::nullopt, 13 * kSecond);
  model_.hear_session(kIds, kernel_session(), 12 * kSecond);
  EXPECT_EQ(model_.find(kIds)->kernel, KernelView::absent);
}

TEST_F(ModelKernelTest, SessionThatHasLeftTheKernelIsNotTheOneThatHasItsIdsNow) {
  bring_up();
  model_.apply(session_.at(11 * kSecond).ended(Cause::peer_request));
  EXPECT_TRUE(model_.hear_session(kIds, std::nullopt, 12 * kSecond));
  EXPECT_FALSE(model_.hear_session(kIds, kernel_session(), 13 * kSecond));
  EXPECT_TRUE(model_.add_without_plugin(kIds, kernel_session(), 17 * kSecond));
  EXPECT_TRUE(model_.find(kIds)->is_without_plugin);
  EXPECT_FALSE(model_.find(kIds)->has_ended());
  EXPECT_EQ(model_.session_count(), 1u);
  EXPECT_EQ(model_.totals().starts, 2u);
  model_.expire(11 * kSecond + kRetention);
  EXPECT_NE(model_.find(kIds), nullptr);
}

TEST_F(ModelKernelTest, WithoutRetentionASessionThatTheKernelStillHasDoesNotHoldUpTheRest) {
  model_.set_limits({100, 0, 10});
  bring_up();
  SessionScript other(10, 21, 2);
  model_.apply(session_.at(20 * kSecond).ended(Cause::killed));
  model_.apply(other.at(20 * kSecond).ended(Cause::user_request));
  model_.hear_session(kIds, kernel_session(), 21 * kSecond);
  model_.expire(22 * kSecond);
  EXPECT_NE(model_.find(kIds), nullptr);
  EXPECT_EQ(model_.find(SessionIds{kIds.netns, 10, 21}), nullptr);
}

TEST_F(ModelKernelTest, WhatTheKernelSaidBeforeASessionsEndIsAskedAnew) {
  bring_up();
  model_.hear_session(kIds, kernel_session(), 11 * kSecond);
  model_.apply(session_.at(20 * kSecond).ended(Cause::user_request));
  EXPECT_EQ(model_.find(kIds)->kernel, KernelView::unknown);
}

TEST_F(ModelKernelTest, TunnelWithoutSessionsIsThereForAsLongAsTheKernelHasIt) {
  model_.hear_tunnel(kTunnel, kernel_tunnel(), 10 * kSecond);
  model_.expire(10 * kRetention);
  ASSERT_NE(model_.find(kTunnel), nullptr);
  EXPECT_TRUE(model_.find(kTunnel)->is_up());
  EXPECT_EQ(model_.find(kTunnel)->peer_tunnel_id, 77u);
  model_.hear_tunnel(kTunnel, std::nullopt, 10 * kRetention);
  model_.expire(11 * kRetention - 1);
  ASSERT_NE(model_.find(kTunnel), nullptr);
  model_.expire(11 * kRetention);
  EXPECT_EQ(model_.find(kTunnel), nullptr);
}

TEST_F(ModelKernelTest, TunnelThatTheKernelLostKeepsNoEthernetSessions) {
  model_.hear_tunnel(kTunnel, kernel_tunnel(), 10 * kSecond);
  model_.set_ethernet_sessions({{kTunnel, 3}});
  EXPECT_EQ(model_.find(kTunnel)->ethernet_sessions, 3u);
  model_.hear_tunnel(kTunnel, std::nullopt, 11 * kSecond);
  EXPECT_EQ(model_.find(kTunnel)->ethernet_sessions, 0u);
}

TEST_F(ModelKernelTest, KernelThatCannotBeAskedAnyMoreHasNoWordLeft) {
  bring_up();
  model_.hear_session(kIds, std::nullopt, 11 * kSecond);
  model_.hear_tunnel(kTunnel, std::nullopt, 11 * kSecond);
  model_.forget_kernel(kIds.netns + 1, 12 * kSecond);
  EXPECT_EQ(model_.find(kIds)->kernel, KernelView::absent);
  model_.forget_kernel(kIds.netns, 12 * kSecond);
  EXPECT_EQ(model_.find(kIds)->kernel, KernelView::unknown);
  EXPECT_TRUE(model_.find(kTunnel)->is_up()) << "a session of it lives";
}

TEST_F(ModelKernelTest, TunnelsBeyondTheLimitAreCountedAndTheirSessionsLeftOut) {
  model_.set_limits({100, kRetention, 1});
  bring_up();
  SessionScript other(11, 20, 2);
  model_.apply(other.opened());
  EXPECT_EQ(model_.find(SessionIds{kIds.netns, 11, 20}), nullptr);
  EXPECT_EQ(model_.totals().tunnels_left_out, 1u);
  EXPECT_EQ(model_.totals().sessions_left_out, 1u);
  EXPECT_FALSE(model_.hear_tunnel({kIds.netns, 12}, kernel_tunnel(), kSecond));
  EXPECT_EQ(model_.tunnel_count(), 1u);
}

TEST_F(ModelKernelTest, AfterARestartTheKernelIsAskedAnewAndAMissingPluginIsRemembered) {
  model_.add_without_plugin(kIds, kernel_session(500), 10 * kSecond);
  const auto checkpoint = decode_checkpoint(
      encode_checkpoint(model_.snapshot(0, 0), {"boot", 1, model_.known_generations(), {}}),
      "boot");
  ASSERT_TRUE(checkpoint);
  Model restarted({100, kRetention, 10});
  restarted.restore(checkpoint->memory);
  ASSERT_NE(restarted.find(kIds), nullptr);
  EXPECT_TRUE(restarted.find(kIds)->is_without_plugin);
  EXPECT_EQ(restarted.find(kIds)->kernel, KernelView::unknown);
  restarted.hear_session(kIds, std::nullopt, 4000 * kSecond);  // it went while the agent was away
  EXPECT_EQ(restarted.totals().ends[static_cast<std::size_t>(Cause::lost)], 1u);
}

TEST_F(ModelKernelTest, SessionsAreVisitedInTurn) {
  for (std::uint32_t id = 1; id <= 5; ++id) {
    SessionScript script(10, id, id);
    model_.apply(script.opened());
  }
  std::uint32_t cursor = 0;
  std::vector<std::uint32_t> seen;
  for (int i = 0; i < 3; ++i) {
    model_.visit_some_sessions(cursor, 2,
                               [&](const SessionIds& ids) { seen.push_back(ids.session_id); });
  }
  EXPECT_EQ(seen, (std::vector<std::uint32_t>{1, 2, 3, 4, 5, 1}));
  std::size_t visited = 0;
  model_.visit_some_sessions(cursor, 100, [&](const SessionIds&) { ++visited; });
  EXPECT_EQ(visited, 5u) << "no more than once around";
}

}  // namespace
}  // namespace pppol2tp::model
