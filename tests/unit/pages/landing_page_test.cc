#include "agent/pages/landing_page.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "agent/model/model.h"
#include "agent/pages/session_tables.h"
#include "agent/pages/style.h"
#include "tests/support/records.h"

namespace pppol2tp::pages {
namespace {

using ring::Cause;
using ring::Phase;
using test::SessionScript;

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

class LandingPageTest : public testing::Test {
 protected:
  LandingPageTest() {
    agent_.version = "1.2.3";
    agent_.ring.attached = true;
  }
  std::string page() { return landing_page(model_.snapshot(0, 0), agent_); }
  metrics::AgentFacts agent_;
  model::Model model_{{2000, 900 * test::kSecond}};
};

TEST_F(LandingPageTest, WithoutSessionsSaysWhatToLookAt) {
  const std::string text = page();
  EXPECT_NE(text.find("No session has been reported"), text.npos);
  EXPECT_EQ(text.find("<table"), text.npos);
}

TEST_F(LandingPageTest, SaysWhatIsWrongWithTheAgentAndNothingElse) {
  agent_.collectors = {{"links", true, 0}, {"kernel", true, 0}};
  EXPECT_EQ(page().find("<p class=\"down\">"), std::string::npos);
  agent_.collectors[1].success = false;
  agent_.ring.attached = false;
  agent_.checkpoint_success = false;
  agent_.config_success = false;
  const std::string text = page();
  for (const char* piece : {"There is no ring to read", "The collector kernel fails",
                            "The state file cannot be written", "The last reload was refused"}) {
    EXPECT_NE(text.find(piece), text.npos) << piece << '\n' << text;
  }
  EXPECT_EQ(count_of(text, "<p class=\"down\">"), 4U);
}

TEST_F(LandingPageTest, LinksToMetricsAndNamesItsVersion) {
  const std::string text = page();
  EXPECT_NE(text.find("href=\"metrics\""), text.npos);
  EXPECT_NE(text.find("Version 1.2.3"), text.npos);
}

TEST_F(LandingPageTest, ListsLivingSessionsWithTheirState) {
  SessionScript up(10, 20);
  SessionScript coming(10, 19, 2);
  model_.apply(up.opened());
  model_.apply(up.phase(Phase::running));
  model_.apply(coming.opened());
  model_.apply(coming.phase(Phase::authenticate));
  const std::string text = page();
  EXPECT_NE(text.find("<td class=\"up\">up</td><td>10/20</td>"), text.npos) << text;
  EXPECT_NE(text.find("<td class=\"busy\">authenticate</td><td>10/19</td>"), text.npos) << text;
  EXPECT_LT(text.find("10/19"), text.find("10/20")) << "in the order of their ids";
  EXPECT_EQ(text.find("Latest ends"), text.npos);
}

TEST_F(LandingPageTest, ClaimsNeitherPhaseNorRoleOfASessionThatOnlyTheKernelKnows) {
  model::KernelSession session;
  session.is_ppp = true;
  model_.add_without_plugin({4026531840, 10, 20}, session, test::kSecond);
  const std::string text = page();
  EXPECT_NE(text.find("<td class=\"busy\">without plugin</td><td>10/20</td>"), text.npos) << text;
  EXPECT_EQ(text.find("<td>lac</td>"), text.npos);
  EXPECT_EQ(text.find("<td>lns</td>"), text.npos);
}

TEST_F(LandingPageTest, CountsSessionsByStatePhaseAndCause) {
  for (std::uint32_t i = 1; i <= 3; ++i) {
    SessionScript up(10, i, i);
    model_.apply(up.opened());
    model_.apply(up.phase(Phase::running));
  }
  for (std::uint32_t i = 4; i <= 5; ++i) {
    SessionScript gone(11, i, i);
    model_.apply(gone.opened());
    model_.apply(gone.ended(i == 4 ? Cause::echo_timeout : Cause::peer_request));
  }
  const std::string text = page();
  for (const char* piece :
       {"<b id=\"up\">3</b>", "<b id=\"on-the-way\">0</b>", "<b id=\"ended\">2</b>",
        "<b id=\"tunnels\">1</b>", "<tr><td>running</td><td class=\"n\">3</td></tr>",
        "<tr><td>echo_timeout</td><td class=\"n\">1</td></tr>",
        "<tr><td>peer_request</td><td class=\"n\">1</td></tr>"}) {
    EXPECT_NE(text.find(piece), text.npos) << piece << '\n' << text;
  }
}

TEST_F(LandingPageTest, ShowsTheLatestEndsFirstWithCauseLengthAndThePeersWords) {
  SessionScript older(10, 20);
  SessionScript newer(10, 21, 2);
  model_.apply(older.at(100 * test::kSecond).opened());
  model_.apply(newer.at(100 * test::kSecond).opened());
  test::set_text(older.state().end.peer_text, "session <limit>");
  model_.apply(older.at(4000 * test::kSecond).ended(Cause::peer_request));
  model_.apply(newer.at(4001 * test::kSecond).ended(Cause::killed));
  const std::string text = page();
  EXPECT_NE(text.find("<td>1970-01-01 01:06:40</td><td class=\"down\">peer_request</td>"),
            text.npos)
      << text;
  EXPECT_NE(text.find("<td>1h 5m</td><td>session &lt;limit&gt;</td>"), text.npos) << text;
  EXPECT_LT(text.find("10/21"), text.find("10/20"));
  EXPECT_EQ(text.find("Current sessions</caption>"), text.npos);
}

TEST_F(LandingPageTest, ShowsNoMoreEndsThanItHasRoomFor) {
  for (std::uint32_t i = 1; i <= kMaxEnds + 5; ++i) {
    SessionScript session(1, i, i);
    model_.apply(session.opened());
    model_.apply(session.at(i * test::kSecond).ended(Cause::hangup));
  }
  const std::string text = page();
  EXPECT_EQ(count_of(text, "<td class=\"down\">hangup</td>"), kMaxEnds);
  EXPECT_EQ(text.find("<td>1/5</td>"), text.npos) << "the oldest are left out";
  EXPECT_NE(text.find("<td>1/6</td>"), text.npos);
}

TEST_F(LandingPageTest, WhatAPeerChoseCannotBecomeMarkup) {
  SessionScript session(10, 20);
  model_.apply(session.opened());
  test::set_text(session.state().authentication.peer_name, "<script>\"&'\x01");
  model_.apply(session.record(ring::EventType::authenticated, session.state().authentication));
  const std::string text = page();
  EXPECT_EQ(text.find("<script"), text.npos);
  EXPECT_NE(text.find("&lt;script&gt;&quot;&amp;'?"), text.npos) << text;
}

TEST_F(LandingPageTest, ManySessionsAreCutAndCounted) {
  for (std::uint32_t i = 1; i <= kMaxRows + 7; ++i) {
    SessionScript session(1, i, i);
    model_.apply(session.opened());
  }
  const std::string text = page();
  EXPECT_EQ(count_of(text, "<tr><td class=\"busy\">"), kMaxRows);
  EXPECT_NE(text.find("<p>7 more are in /metrics.</p>"), text.npos);
}

TEST_F(LandingPageTest, KeepsNoPagesOfTheModelWhileItIsSent) {
  SessionScript up(10, 20);
  model_.apply(up.opened());
  auto snapshot = model_.snapshot(0, 0);
  const std::weak_ptr page = snapshot.sessions.pages().front();
  const auto is_kept_for = [&page](std::string_view text) {
    EXPECT_NE(text.find("10/20"), text.npos);
    return !page.expired();
  };
  // In one expression, as a handler sends it.
  EXPECT_FALSE(is_kept_for(landing_page(std::move(snapshot), agent_)));
}

TEST_F(LandingPageTest, NeedsNothingFromElsewhere) {
  const std::string text = page();
  for (const char* elsewhere :
       {"http://", "https://", "//", "<script", "<style", "style=\"", "@import", "url("}) {
    EXPECT_EQ(text.find(elsewhere), text.npos) << elsewhere;
  }
}

TEST(StyleSheet, NeedsNothingFromElsewhere) {
  for (const char* elsewhere : {"//", "@import", "url("}) {
    EXPECT_EQ(style_sheet().find(elsewhere), std::string_view::npos) << elsewhere;
  }
}

}  // namespace
}  // namespace pppol2tp::pages
