#include "agent/model/expected.h"

#include <gtest/gtest.h>

#include <cstring>

#include "agent/model/model.h"
#include "tests/support/records.h"

namespace pppol2tp::model {
namespace {

using ring::EventType;
using ring::Phase;
using test::SessionScript;

class Expected : public testing::Test {
 protected:
  // Session 10/20 of 10.99.0.2, with interface ppp20.
  void bring_up(SessionScript& session, const char* user = "jo") {
    model_.apply(session.opened());
    session.state().opened.peer_family = ring::Family::ipv4;
    test::set_text(session.state().opened.ipparam, "uplink");
    model_.apply(session.record(EventType::opened, session.state().opened));
    test::set_text(session.state().authentication.peer_name, user);
    model_.apply(session.record(EventType::authenticated, session.state().authentication));
    model_.apply(session.phase(Phase::running));
  }

  ExpectedState judged(ExpectedSession wanted) {
    wanted.name = "wanted";
    model_.set_expected(std::make_shared<const ExpectedSessions>(std::vector{std::move(wanted)}));
    const Snapshot snapshot = model_.snapshot(0, 0);
    const auto states = snapshot.expected->judge(snapshot.sessions);
    EXPECT_EQ(states.size(), 1u);
    EXPECT_EQ(states.at(0).name, "wanted");
    return states.at(0);
  }
  bool is_up(const ExpectedSession& wanted) { return judged(wanted).is_up; }

  static ExpectedSession with(std::string ExpectedSession::*field, const char* text) {
    ExpectedSession wanted;
    wanted.*field = text;
    return wanted;
  }

  Model model_{{100, 900 * test::kSecond}, [](std::uint64_t inode) {
                 NetnsName name{};
                 if (inode != 4026531840) std::strcpy(name.data(), "blue");
                 return name;
               }};
  SessionScript session_{10, 20};
};

TEST_F(Expected, NobodyIsThereBeforeTheFirstSession) {
  const ExpectedState state = judged(with(&ExpectedSession::user, "jo"));
  EXPECT_FALSE(state.is_up);
  EXPECT_FALSE(state.is_there);
}

TEST_F(Expected, SessionIsRecognizedByEachOfItsProperties) {
  bring_up(session_);
  EXPECT_TRUE(is_up(with(&ExpectedSession::user, "jo")));
  EXPECT_TRUE(is_up(with(&ExpectedSession::ipparam, "uplink")));
  EXPECT_TRUE(is_up(with(&ExpectedSession::peer_address, "10.99.0.2")));
  EXPECT_TRUE(is_up(with(&ExpectedSession::ifname, "ppp20")));
  EXPECT_FALSE(is_up(with(&ExpectedSession::user, "j")));
  EXPECT_FALSE(is_up(with(&ExpectedSession::ipparam, "uplink2")));
  EXPECT_FALSE(is_up(with(&ExpectedSession::peer_address, "10.99.0.3")));
  EXPECT_FALSE(is_up(with(&ExpectedSession::ifname, "ppp2")));
  ExpectedSession by_ids;
  by_ids.tunnel_id = 10;
  EXPECT_TRUE(is_up(by_ids));
  by_ids.session_id = 21;
  EXPECT_FALSE(is_up(by_ids));
}

TEST_F(Expected, AllThatIsGivenHasToMatch) {
  bring_up(session_);
  ExpectedSession wanted = with(&ExpectedSession::user, "jo");
  wanted.ifname = "ppp20";
  EXPECT_TRUE(is_up(wanted));
  wanted.ifname = "ppp21";
  EXPECT_FALSE(is_up(wanted));
}

TEST_F(Expected, AddressIsTheSameInAnySpelling) {
  session_.state().opened.peer_family = ring::Family::ipv6;
  session_.state().opened.peer_address[0] = 0x20;
  session_.state().opened.peer_address[15] = 1;
  model_.apply(session_.record(EventType::opened, session_.state().opened));
  model_.apply(session_.phase(Phase::running));
  EXPECT_TRUE(is_up(with(&ExpectedSession::peer_address, "2000:0:0::0:0001")));
}

TEST_F(Expected, NamespaceTellsSessionsOfTheSameUserApart) {
  SessionScript foreign(10, 20, 2);
  foreign.state().identity.netns = 1;
  bring_up(foreign);
  ExpectedSession wanted = with(&ExpectedSession::user, "jo");
  wanted.netns = "blue";
  EXPECT_TRUE(is_up(wanted));
  wanted.netns = "red";
  EXPECT_FALSE(is_up(wanted));
}

TEST_F(Expected, SessionThatLivesAndIsNotUpIsThere) {
  bring_up(session_);
  model_.hear_session({4026531840, 10, 20}, std::nullopt, 1000 * test::kSecond);
  const ExpectedState state = judged(with(&ExpectedSession::user, "jo"));
  EXPECT_TRUE(state.is_there);
  EXPECT_FALSE(state.is_up);
  EXPECT_EQ(state.ids.session_id, 20u);
}

TEST_F(Expected, OneThatIsUpCountsForMoreThanOneThatIsNot) {
  SessionScript setting_up(10, 19, 2);
  bring_up(setting_up);
  model_.apply(setting_up.phase(Phase::network, ring::Direction::down));
  bring_up(session_);
  const ExpectedState state = judged(with(&ExpectedSession::user, "jo"));
  EXPECT_TRUE(state.is_up);
  EXPECT_EQ(state.ids.session_id, 20u);
}

// An interface's name is used again by another session; the ended one does not count.
TEST_F(Expected, RecycledInterfaceBelongsToWhoLives) {
  bring_up(session_);
  model_.apply(session_.ended(ring::Cause::killed));
  EXPECT_FALSE(judged(with(&ExpectedSession::ifname, "ppp20")).is_there);
  SessionScript next(10, 21, 2);
  test::set_text(next.state().identity.ifname, "ppp20");
  bring_up(next, "bo");
  const ExpectedState state = judged(with(&ExpectedSession::ifname, "ppp20"));
  EXPECT_TRUE(state.is_up);
  EXPECT_EQ(state.ids.session_id, 21u);
}

}  // namespace
}  // namespace pppol2tp::model
