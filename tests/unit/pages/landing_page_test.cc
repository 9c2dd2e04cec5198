#include "agent/pages/landing_page.h"

#include <gtest/gtest.h>

#include "agent/model/model.h"
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
  std::string page() { return landing_page(model_.snapshot(0, 0), "1.2.3"); }
  model::Model model_{{2000, 900 * test::kSecond}};
};

TEST_F(LandingPageTest, WithoutSessionsSaysWhatToLookAt) {
  const std::string text = page();
  EXPECT_NE(text.find("No session has been reported"), text.npos);
  EXPECT_EQ(text.find("<table>"), text.npos);
}

TEST_F(LandingPageTest, LinksToMetricsAndNamesItsVersion) {
  const std::string text = page();
  EXPECT_NE(text.find("href=\"/metrics\""), text.npos);
  EXPECT_NE(text.find("version 1.2.3"), text.npos);
}

TEST_F(LandingPageTest, ListsSessionsWithTheirState) {
  SessionScript up(10, 20);
  SessionScript gone(10, 21, 2);
  model_.apply(up.opened());
  model_.apply(up.phase(Phase::running));
  model_.apply(gone.ended(Cause::echo_timeout));
  const std::string text = page();
  EXPECT_NE(text.find("<td>10/20</td><td></td><td class=\"up\">up</td>"), text.npos) << text;
  EXPECT_NE(text.find("<td class=\"down\">ended: echo_timeout</td>"), text.npos) << text;
  EXPECT_LT(text.find("10/20"), text.find("10/21")) << "the living come first";
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
  EXPECT_EQ(count_of(text, "<tr><td>"), kMaxRows);
  EXPECT_NE(text.find("<p>7 more are in /metrics.</p>"), text.npos);
}

TEST_F(LandingPageTest, NeedsNothingFromElsewhere) {
  const std::string text = page();
  for (const char* elsewhere : {"http://", "https://", "//", "<script", "@import", "url("}) {
    EXPECT_EQ(text.find(elsewhere), text.npos) << elsewhere;
  }
}

}  // namespace
}  // namespace pppol2tp::pages
