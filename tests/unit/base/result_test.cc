#include "agent/base/result.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>

namespace pppol2tp {
namespace {

Result<int> parse_digit(char c) {
  if (c < '0' || c > '9') return fail("no digit: ", c);
  return c - '0';
}

TEST(Result, HoldsAValue) {
  const auto digit = parse_digit('7');
  ASSERT_TRUE(digit);
  EXPECT_EQ(*digit, 7);
}

TEST(Result, HoldsAnError) {
  const auto digit = parse_digit('x');
  ASSERT_FALSE(digit);
  EXPECT_EQ(digit.error().message, "no digit: x");
}

TEST(Result, GivesAwayAValueThatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, OfVoidSucceedsUnlessGivenAnError) {
  EXPECT_TRUE(Result<void>());
  const Result<void> failed = fail("no");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "no");
}

TEST(ResultDeathTest, EndsTheProgramWhenAskedForAValueThatIsNotThere) {
  const auto digit = parse_digit('x');
  EXPECT_DEATH({ static_cast<void>(*digit); }, "");
}

TEST(Error, GainsContextFromEffectToCauseAsItGoesUp) {
  const Error error =
      fail("line ", 3, ": bad word").within("reading ", "/etc/x").within("starting");
  EXPECT_EQ(error.message, "starting: reading /etc/x: line 3: bad word");
}

TEST(Error, SaysWhatTheSystemSaysOfAnErrorNumber) {
  EXPECT_EQ(fail_errno(ENOENT, "opening ", "/x").message, "opening /x: No such file or directory");
}

TEST(Concat, JoinsTextCharactersAndNumbers) {
  EXPECT_EQ(concat("a", std::string("b"), 'c', -5, ' ', std::uint64_t{18446744073709551615U}),
            "abc-5 18446744073709551615");
}

}  // namespace
}  // namespace pppol2tp
