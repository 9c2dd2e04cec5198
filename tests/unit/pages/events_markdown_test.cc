#include "agent/pages/events_markdown.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace pppol2tp::pages {
namespace {

TEST(EventsMarkdown, EventsMdIsWhatTheTablesSay) {
  const std::string now = events_markdown();
  EXPECT_EQ(test::expected_file("plugin/ring/EVENTS.md", now), now)
      << "run the test again with PPPOL2TP_UPDATE=1";
}

}  // namespace
}  // namespace pppol2tp::pages
