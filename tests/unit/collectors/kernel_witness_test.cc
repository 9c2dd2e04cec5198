// The witness with a scripted kernel: what it asks, how much, and what happens to the answers.
#include "agent/collectors/kernel_witness.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>

#include "agent/collectors/walk_pace.h"
#include "tests/support/records.h"

namespace pppol2tp::collectors {
namespace {

using model::KernelSession;
using model::KernelTunnel;
using model::KernelView;
using model::SessionIds;
using model::TunnelIds;
using ring::Cause;
using ring::Phase;
using test::kSecond;
using test::SessionScript;

constexpr std::uint64_t kNetns = 4026531840;
constexpr std::uint64_t kForeign = 4026532000;
constexpr SessionIds kIds{kNetns, 10, 20};

// Answers at once from tables that the test fills.
class ScriptedKernel final : public KernelDesk {
 public:
  ScriptedKernel() { answers_.namespaces = {{kNetns, ""}}; }

  bool is_idle() const override { return is_idle_; }
  void ask(KernelQuestions questions) override {
    ++batches;
    nameless += questions.nameless.size();
    for (const TunnelIds& ids : questions.tunnels) {
      asked_tunnels.push_back(ids);
      answers_.tunnels.push_back({ids, tunnel(ids), now_ns});
    }
    for (const SessionIds& ids : questions.sessions) {
      asked_sessions.push_back(ids);
      answers_.sessions.push_back({ids, session(ids), now_ns});
    }
    answers_.batch_size = questions.tunnels.size() + questions.sessions.size();
    answers_.batch_cost_ns = answers_.batch_size * cost_of_one_ns;
  }
  KernelAnswers take() override {
    KernelAnswers taken = std::exchange(answers_, {});
    answers_.namespaces = taken.namespaces;
    return taken;
  }

  // Answers as after a walk, or a notification that led to a question.
  void tell(const SessionIds& ids) { answers_.sessions.push_back({ids, session(ids), now_ns}); }
  void end_walk(KernelAnswers::EthernetSessions ethernet = {}) {
    answers_.ethernet_sessions = std::move(ethernet);
  }
  void set_namespaces(std::vector<KernelAnswers::Namespace> all) {
    answers_.namespaces = std::move(all);
  }
  void set_idle(bool idle) { is_idle_ = idle; }
  void tell_interface(const SessionIds& ids, const char* name) {
    answers_.interfaces.push_back({ids, name});
  }
  void tell_link(const char* name, model::LinkAddresses addresses) {
    answers_.links.push_back({{kNetns, name}, addresses});
  }
  void note_ended_link() { answers_.has_ended_links = true; }

  std::uint64_t now_ns = 100 * kSecond;
  std::uint64_t cost_of_one_ns = 5'000;
  std::set<TunnelIds> tunnels{{kNetns, 10}};
  std::map<SessionIds, bool> sessions;  // true: it is PPP
  std::vector<TunnelIds> asked_tunnels;
  std::vector<SessionIds> asked_sessions;
  int batches = 0;
  std::size_t nameless = 0;  // how often interfaces were asked for

 private:
  std::optional<KernelTunnel> tunnel(const TunnelIds& ids) const {
    if (!tunnels.contains(ids)) return std::nullopt;
    KernelTunnel fact;
    fact.tunnel_id = ids.tunnel_id;
    return fact;
  }
  std::optional<KernelSession> session(const SessionIds& ids) const {
    const auto found = sessions.find(ids);
    if (found == sessions.end()) return std::nullopt;
    KernelSession fact;
    fact.tunnel_id = ids.tunnel_id;
    fact.session_id = ids.session_id;
    fact.is_ppp = found->second;
    return fact;
  }

  KernelAnswers answers_;
  bool is_idle_ = true;
};

class KernelWitnessTest : public testing::Test {
 protected:
  KernelWitnessTest() { model_.begin_ring(1, 16); }

  // One second's run of the collectors, and the effect of the answers.
  Result<void> second() {
    kernel_.now_ns += kSecond;
    auto first = witness_.collect(model_, kernel_.now_ns);
    auto then = witness_.collect(model_, kernel_.now_ns);
    return first ? then : first;
  }
  void bring_up(SessionScript& session) {
    model_.apply(session.at(kernel_.now_ns).opened());
    model_.apply(session.phase(Phase::running));
  }
  const model::Session* found(const SessionIds& ids = kIds) const { return model_.find(ids); }
  std::uint64_t ends(Cause cause) const {
    return model_.totals().ends[static_cast<std::size_t>(cause)];
  }

  model::Model model_{{1000, 900 * kSecond}};
  ScriptedKernel kernel_;
  KernelWitness witness_{kernel_};
  SessionScript session_{10, 20};
};

TEST_F(KernelWitnessTest, SessionThatPluginAndKernelHaveIsPresentInBoth) {
  bring_up(session_);
  kernel_.sessions[kIds] = true;
  ASSERT_TRUE(second());
  EXPECT_EQ(found()->kernel, KernelView::present);
  EXPECT_TRUE(found()->is_up());
}

TEST_F(KernelWitnessTest, SessionThatTheKernelLosesIsSeenWithinASecond) {
  bring_up(session_);
  kernel_.sessions[kIds] = true;
  ASSERT_TRUE(second());
  kernel_.sessions.clear();
  ASSERT_TRUE(second());
  EXPECT_EQ(found()->kernel, KernelView::absent);
  EXPECT_FALSE(found()->is_up());
  EXPECT_FALSE(found()->has_ended());
}

TEST_F(KernelWitnessTest, NotificationThatWasAskedAboutCountsAtOnce) {
  bring_up(session_);
  kernel_.tell(kIds);  // gone
  ASSERT_TRUE(witness_.collect(model_, kernel_.now_ns));
  EXPECT_EQ(found()->kernel, KernelView::absent);
}

// A foreign namespace's notification names ids that mean another session here: it is asked about,
// in this namespace, and the answer is about the one here.
TEST_F(KernelWitnessTest, ForeignNamespacesNotificationHarmsNobody) {
  bring_up(session_);
  kernel_.sessions[kIds] = true;
  kernel_.tell(kIds);
  ASSERT_TRUE(witness_.collect(model_, kernel_.now_ns));
  EXPECT_TRUE(found()->is_up());
}

TEST_F(KernelWitnessTest, ClosedTunnelTakesAllItsSessionsDownWithinASecond) {
  std::vector<SessionScript> scripts;
  for (std::uint32_t id = 1; id <= 500; ++id) {
    bring_up(scripts.emplace_back(10, id, id));
    kernel_.sessions[{kNetns, 10, id}] = true;
  }
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(second());
  kernel_.tunnels.clear();
  kernel_.sessions.clear();
  ASSERT_TRUE(second());
  int up = 0;
  model_.for_each_living([&](std::uint32_t, const model::Session& each) { up += each.is_up(); });
  EXPECT_EQ(up, 0);
  EXPECT_FALSE(model_.find(TunnelIds{kNetns, 10})->is_up());
}

TEST_F(KernelWitnessTest, SessionWithoutAPluginAppearsWhenItHasLastedAMoment) {
  kernel_.sessions[kIds] = true;
  kernel_.tell(kIds);
  ASSERT_TRUE(second());
  EXPECT_EQ(found(), nullptr) << "a plugin may still speak for it";
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(second());
  ASSERT_NE(found(), nullptr);
  EXPECT_TRUE(found()->is_without_plugin);
  EXPECT_EQ(found()->kernel, KernelView::present);
  kernel_.sessions.clear();
  ASSERT_TRUE(second());
  EXPECT_TRUE(found()->has_ended());
  EXPECT_EQ(ends(Cause::lost), 1u);
}

TEST_F(KernelWitnessTest, SessionWithoutAPluginThatComesBackUnderItsIdsIsAnotherOne) {
  const auto come_up = [&] {
    kernel_.sessions[kIds] = true;
    kernel_.tell(kIds);
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(second());
  };
  come_up();
  kernel_.sessions.clear();
  ASSERT_TRUE(second());
  ASSERT_TRUE(found()->has_ended());
  come_up();
  EXPECT_FALSE(found()->has_ended());
  EXPECT_EQ(model_.totals().starts, 2u);
  EXPECT_EQ(ends(Cause::lost), 1u);
}

TEST_F(KernelWitnessTest, SessionWhosePluginSpeaksInTimeIsNeverOneWithout) {
  kernel_.sessions[kIds] = true;
  kernel_.tell(kIds);
  ASSERT_TRUE(second());
  bring_up(session_);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(second());
    ASSERT_FALSE(found()->is_without_plugin);
  }
  EXPECT_EQ(model_.totals().starts, 1u);
}

TEST_F(KernelWitnessTest, AnswerOfAnOlderWalkDoesNotCutTheWaitForAPluginShort) {
  kernel_.sessions[kIds] = true;
  kernel_.tell(kIds);
  EXPECT_TRUE(second());
  const std::uint64_t now_ns = kernel_.now_ns;
  kernel_.now_ns -= 5 * kSecond;
  kernel_.tell(kIds);
  kernel_.now_ns = now_ns;
  EXPECT_TRUE(witness_.collect(model_, now_ns));
  EXPECT_EQ(found(), nullptr);
}

TEST_F(KernelWitnessTest, PassingSessionIsNeverShown) {
  kernel_.sessions[kIds] = true;
  kernel_.tell(kIds);
  ASSERT_TRUE(second());
  kernel_.sessions.clear();
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(second());
  EXPECT_EQ(found(), nullptr);
  EXPECT_EQ(model_.totals().starts, 0u);
}

TEST_F(KernelWitnessTest, EthernetAndManagementSessionsAreNotPpp) {
  const SessionIds ethernet{kNetns, 10, 30};
  const SessionIds management{kNetns, 10, 0};
  kernel_.sessions[ethernet] = false;
  kernel_.sessions[management] = true;
  for (int i = 0; i < 6; ++i) {
    kernel_.tell(ethernet);
    kernel_.tell(management);
    ASSERT_TRUE(second());
  }
  EXPECT_EQ(model_.session_count(), 0u);
}

TEST_F(KernelWitnessTest, EthernetSessionsAreTheirTunnels) {
  bring_up(session_);
  kernel_.end_walk({{{kNetns, 10}, 2}});
  ASSERT_TRUE(second());
  EXPECT_EQ(model_.find(TunnelIds{kNetns, 10})->ethernet_sessions, 2u);
  kernel_.end_walk();
  ASSERT_TRUE(second());
  EXPECT_EQ(model_.find(TunnelIds{kNetns, 10})->ethernet_sessions, 0u);
}

TEST_F(KernelWitnessTest, KilledPppdWhoseSessionAnotherProcessHoldsLeavesItInTheKernel) {
  bring_up(session_);
  kernel_.sessions[kIds] = true;
  ASSERT_TRUE(second());
  model_.apply(session_.at(kernel_.now_ns).ended(Cause::killed));
  ASSERT_TRUE(second());
  EXPECT_EQ(found()->kernel, KernelView::present);
  EXPECT_TRUE(found()->has_ended());
  kernel_.sessions.clear();
  ASSERT_TRUE(second());
  EXPECT_EQ(found()->kernel, KernelView::absent);
}

TEST_F(KernelWitnessTest,
       NamespaceThatCannotBeAskedAboutIsAFailureWithItsReasonAndNothingElseSuffers) {
  bring_up(session_);
  kernel_.set_namespaces({{kNetns, ""}, {0, "blue: no such namespace"}});
  kernel_.sessions[kIds] = true;
  const auto result = second();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "blue: no such namespace");
  EXPECT_EQ(found()->kernel, KernelView::present);
}

TEST_F(KernelWitnessTest, KernelThatFallsSilentIsForgotten) {
  bring_up(session_);
  ASSERT_TRUE(second());
  EXPECT_EQ(found()->kernel, KernelView::absent);
  kernel_.set_namespaces({{kNetns, "CAP_NET_ADMIN is missing"}});
  ASSERT_FALSE(second());
  EXPECT_EQ(found()->kernel, KernelView::unknown);
  EXPECT_TRUE(found()->is_up());
  kernel_.set_namespaces({{kNetns, ""}});
  EXPECT_TRUE(second());
}

TEST_F(KernelWitnessTest, SessionsOfUnwatchedNamespacesAreNotAskedAbout) {
  session_.state().identity.netns = kForeign;
  bring_up(session_);
  ASSERT_TRUE(second());
  EXPECT_TRUE(kernel_.asked_sessions.empty());
  EXPECT_TRUE(kernel_.asked_tunnels.empty());
  EXPECT_EQ(found({kForeign, 10, 20})->kernel, KernelView::unknown);
}

TEST_F(KernelWitnessTest, IsAskedOnceASecondHoweverOftenTheCollectorRuns) {
  bring_up(session_);
  ASSERT_TRUE(second());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(witness_.collect(model_, kernel_.now_ns + 1));
  EXPECT_EQ(kernel_.batches, 1);
}

TEST_F(KernelWitnessTest, IsNotAskedWhileItHasNotAnswered) {
  bring_up(session_);
  kernel_.set_idle(false);
  ASSERT_TRUE(second());
  EXPECT_EQ(kernel_.batches, 0);
}

TEST_F(KernelWitnessTest, SlowKernelIsAskedLessAndEverySessionComesToItsTurn) {
  std::vector<SessionScript> scripts;
  for (std::uint32_t id = 1; id <= 600; ++id) {
    bring_up(scripts.emplace_back(10, id, id));
    kernel_.sessions[{kNetns, 10, id}] = true;
  }
  kernel_.cost_of_one_ns = 50'000;  // ten milliseconds have room for 200
  for (int i = 0; i < 8; ++i) {
    kernel_.asked_sessions.clear();
    ASSERT_TRUE(second());
    ASSERT_LE(kernel_.asked_sessions.size(), 200u);
  }
  int present = 0;
  model_.for_each_living(
      [&](std::uint32_t, const model::Session& s) { present += s.kernel == KernelView::present; });
  EXPECT_EQ(present, 600);
}

TEST_F(KernelWitnessTest, StrangersAreAskedForWithHalfOfTheBudgetAndWhatKnownSessionsDoNotNeed) {
  for (std::uint32_t id = 1; id <= 900; ++id) {
    kernel_.sessions[{kNetns, 10, id}] = true;
    kernel_.tell({kNetns, 10, id});
  }
  kernel_.cost_of_one_ns = 50'000;  // ten milliseconds have room for 200
  bring_up(session_);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(second());
  EXPECT_EQ(model_.session_count(), 1u + 198u + 99u) << "all of it, then half of it";
  kernel_.asked_sessions.clear();
  ASSERT_TRUE(second());
  EXPECT_EQ(model_.session_count(), 298u + 99u);
  EXPECT_EQ(kernel_.asked_sessions.size(), 199u) << "the other half is for known sessions";
}

TEST_F(KernelWitnessTest, StrangersBeyondTheLimitAreCountedOnceAndComeInWhenThereIsRoom) {
  model_.set_limits({1, 900 * kSecond});
  bring_up(session_);
  kernel_.sessions[kIds] = true;
  const SessionIds stranger{kNetns, 10, 21};
  kernel_.sessions[stranger] = true;
  for (int i = 0; i < 10; ++i) {
    kernel_.tell(stranger);
    ASSERT_TRUE(second());
  }
  EXPECT_EQ(model_.totals().sessions_left_out, 1u);
  model_.set_limits({2, 900 * kSecond});
  kernel_.tell(stranger);
  ASSERT_TRUE(second());
  EXPECT_NE(found(stranger), nullptr);
}

constexpr model::LinkAddresses kAddresses{{true, {10, 0, 0, 1}, {10, 0, 0, 2}}, {}};

TEST_F(KernelWitnessTest, SessionWithoutAPluginGetsItsInterfaceAndAddressesFromTheKernel) {
  kernel_.sessions[kIds] = true;
  kernel_.tell(kIds);
  kernel_.tell_link("ppp7", kAddresses);
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(second());
  EXPECT_EQ(kernel_.nameless, 1u) << "wanted once";
  kernel_.tell_interface(kIds, "ppp7");
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(second());
  EXPECT_STREQ(found()->state.identity.ifname, "ppp7");
  EXPECT_EQ(found()->state.ipv4.up, 1);
  EXPECT_EQ(found()->state.ipv4.remote_address[3], 2);
  kernel_.tell_link("ppp7", {});
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(second());
  EXPECT_EQ(found()->state.ipv4.up, 0);
  EXPECT_EQ(found()->state.ipv4.remote_address[3], 0);
}

TEST_F(KernelWitnessTest, SessionThatJoinsAnotherOnesInterfaceGetsItsAddresses) {
  const SessionIds ids{kNetns, 10, 21};
  kernel_.sessions[ids] = true;
  kernel_.tell_link("ppp20", kAddresses);
  SessionScript member(ids.tunnel_id, ids.session_id);
  test::set_text(member.state().identity.ifname, "");
  model_.apply(member.at(kernel_.now_ns).opened());
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(second());
  EXPECT_EQ(found(ids)->state.ipv4.up, 0);
  test::set_text(member.state().identity.ifname, "ppp20");
  model_.apply(member.phase(Phase::running));
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(second());
  EXPECT_EQ(found(ids)->state.ipv4.up, 1);
  EXPECT_EQ(found(ids)->state.ipv4.remote_address[3], 2);
}

TEST_F(KernelWitnessTest, PluginsWordOnAddressesAndInterfaceIsTheLast) {
  bring_up(session_);
  session_.state().ipv4.changed_ns = kernel_.now_ns;
  model_.apply(session_.record(ring::EventType::ipv4_changed, session_.state().ipv4));
  kernel_.sessions[kIds] = true;
  kernel_.tell_interface(kIds, "ppp7");
  kernel_.tell_link("ppp20", {kAddresses.ipv4, {true, {0xfe, 0x80}, {}}});
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(second());
  EXPECT_STREQ(found()->state.identity.ifname, "ppp20");
  EXPECT_EQ(found()->state.ipv4.up, 0) << "the plugin has said that it is down";
  EXPECT_EQ(found()->state.ipv6.up, 1) << "the plugin has said nothing of IPv6";
  EXPECT_EQ(found()->state.ipv6.local_address[0], 0xfe);
}

TEST_F(KernelWitnessTest, EndedLinksAreHandedOnOnce) {
  kernel_.note_ended_link();
  ASSERT_TRUE(second());
  EXPECT_TRUE(witness_.take_ended_links());
  EXPECT_FALSE(witness_.take_ended_links());
}

TEST(WalkPace, WalkTakesOneTwentyFifthOfAProcessorHoweverLongItsPartsAre) {
  using namespace std::chrono_literals;
  for (const auto cost : {1ms, 10ms, 190ms, 5000ms}) {
    const auto rest = WalkPace::rest_after_part(cost);
    EXPECT_EQ((cost + rest) / cost, 25) << cost.count();
  }
  EXPECT_GE(WalkPace::rest_after_part(0ns), 1ms);
}

TEST(WalkPace, NextWalkWaitsAsLongAsTheLastOneTook) {
  using namespace std::chrono_literals;
  EXPECT_EQ(WalkPace::rest_after_walk(1ms), 10s);
  EXPECT_EQ(WalkPace::rest_after_walk(380s), 380s);
  EXPECT_EQ(WalkPace::rest_after_walk(10h), 1h);
}

}  // namespace
}  // namespace pppol2tp::collectors
