#include "agent/config/duration.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace pppol2tp::config {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsReadFromNumbersWithUnits) {
  const struct {
    const char* text;
    std::chrono::milliseconds duration;
  } kCases[] = {{"0", 0ms},      {"0s", 0ms},    {"500ms", 500ms},
                {"10s", 10s},    {"15m", 15min}, {"1h30m", 90min},
                {"7d", 7 * 24h}, {"90s", 90s},   {"1d2h3m4s5ms", 24h + 2h + 3min + 4s + 5ms},
                {"007s", 7s}};
  for (const auto& each : kCases) {
    const auto duration = parse_duration(each.text);
    ASSERT_TRUE(duration) << each.text;
    EXPECT_EQ(*duration, each.duration) << each.text;
  }
}

TEST(Duration, IsNotReadFromAnythingElse) {
  for (const char* text :
       {"",      " ",     "5",    "s",     "ms",   "-5s",  "+5s",  "5 s",
        " 5s",   "5s ",   "5S",   "5sec",  "1.5h", "1e3s", "0x5s", "5s5s",
        "30m1h", "5ms1s", "5h30", "1h-5m", "5w",   "s5",   "5s\n", "5\xc2\xb5s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, DoesNotOverflow) {
  EXPECT_FALSE(parse_duration("9223372036854775808ms"));
  EXPECT_FALSE(parse_duration("9223372036854775807s"));
  EXPECT_FALSE(parse_duration("106751991167d9223372036854775807ms"));
  EXPECT_TRUE(parse_duration("9223372036854775807ms"));
}

TEST(Duration, NamesTheTextThatWasNone) {
  EXPECT_EQ(parse_duration("soon").error().message, "\"soon\" is not a duration");
  EXPECT_EQ(parse_duration("9223372036854775807s").error().message,
            "\"9223372036854775807s\" is too long a time");
}

TEST(Duration, IsWrittenInItsShortestForm) {
  EXPECT_EQ(to_text(0ms), "0s");
  EXPECT_EQ(to_text(900s), "15m");
  EXPECT_EQ(to_text(90min), "1h30m");
  EXPECT_EQ(to_text(1500ms), "1s500ms");
  EXPECT_EQ(to_text(7 * 24h), "7d");
}

TEST(Duration, ReadsBackWhatItWrote) {
  for (const auto duration : {0ms, 1ms, 999ms, 1000ms, 61'001ms, 86'400'000ms, 123'456'789ms}) {
    EXPECT_EQ(*parse_duration(to_text(duration)), duration);
  }
}

}  // namespace
}  // namespace pppol2tp::config
