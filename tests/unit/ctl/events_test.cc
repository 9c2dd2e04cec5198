#include "agent/ctl/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/records.h"

namespace pppol2tp::ctl {
namespace {

using ring::Phase;
using test::SessionScript;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kMostKept = 10;

class EventTextTest : public testing::Test {
 protected:
  std::string line_of(const ring::Record& record) { return text_.line_of(record, {}); }
  void open_sessions_without_an_end(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) line_of(SessionScript(2, ++last_id_).opened());
  }

  EventText text_{{}, {}, false, kMostKept};
  SessionScript session_{1, 1};

 private:
  std::uint32_t last_id_ = 0;
};

TEST_F(EventTextTest, SessionThatEndsIsForgotten) {
  line_of(session_.opened());
  EXPECT_EQ(text_.sessions_kept(), 1u);
  EXPECT_THAT(line_of(session_.ended(ring::Cause::hangup)), HasSubstr("end_cause=hangup"));
  EXPECT_EQ(text_.sessions_kept(), 0u);
}

TEST_F(EventTextTest, SessionsWithoutAnEndDoNotAddUpForEver) {
  for (int i = 0; i < 100; ++i) {
    open_sessions_without_an_end(1);
    ASSERT_LE(text_.sessions_kept(), kMostKept);
  }
}

TEST_F(EventTextTest, SessionThatReportsIsKeptWhileHalfOfTheMostKeptComeBetween) {
  for (std::uint32_t before = 0; before <= kMostKept; ++before) {
    SessionScript session(3, before + 1);
    open_sessions_without_an_end(before);
    line_of(session.counters(1000, 100));
    for (int i = 0; i < 100; ++i) {
      open_sessions_without_an_end(kMostKept / 2);
      const std::string line = line_of(session.counters(1000, 101 + i));
      EXPECT_THAT(line, HasSubstr("transmit_bytes_total="));
      ASSERT_THAT(line, Not(HasSubstr("receive_bytes_total="))) << "unchanged, so it is not told";
      ASSERT_LE(text_.sessions_kept(), kMostKept);
    }
  }
}

TEST_F(EventTextTest, SessionThatWasForgottenIsToldAgain) {
  line_of(session_.counters(1000, 100));
  open_sessions_without_an_end(2 * kMostKept);
  EXPECT_THAT(line_of(session_.counters(1000, 101)), HasSubstr("receive_bytes_total="));
}

}  // namespace
}  // namespace pppol2tp::ctl
