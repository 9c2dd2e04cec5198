#include "agent/http/passwords.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

namespace pppol2tp::http {
namespace {

using Hashes = std::map<std::string, std::string>;

// Of "scraper-secret" and "other-secret"; cost 4.
constexpr char kHash[] = "$2b$04$abcdefghijklmnopqrstuuL2aJBfYSnNfggK5eW600sSG3NKtO/ry";
constexpr char kOtherHash[] = "$2y$04$abcdefghijklmnopqrstuuZmUGu3q/UDnsna30Ge.rhp8Dd9ibIc.";

TEST(Passwords, AreRightForTheirUserAlone) {
  Passwords passwords(Hashes{{"a", kHash}, {"b", kOtherHash}});
  EXPECT_EQ(passwords.check("a", "scraper-secret"), Verdict::right);
  EXPECT_EQ(passwords.check("b", "other-secret"), Verdict::right);
  EXPECT_EQ(passwords.check("a", "other-secret"), Verdict::wrong);
  EXPECT_EQ(passwords.check("b", "scraper-secret"), Verdict::wrong);
  EXPECT_EQ(passwords.check("c", "scraper-secret"), Verdict::wrong);
  EXPECT_EQ(passwords.check("", ""), Verdict::wrong);
}

TEST(Passwords, ThatWereRightAreNotComputedAgain) {
  Passwords passwords(Hashes{{"a", kHash}});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(passwords.check("a", "scraper-secret"), Verdict::right);
  EXPECT_EQ(passwords.computations(), 1U);
}

TEST(Passwords, ThatWereWrongAreComputedEachTime) {
  Passwords passwords(Hashes{{"a", kHash}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(passwords.check("a", "guess"), Verdict::wrong);
  EXPECT_EQ(passwords.computations(), 3U);
}

TEST(Passwords, OfAUserThatThereIsNotTakeTheSameWork) {
  Passwords passwords(Hashes{{"a", kHash}});
  EXPECT_EQ(passwords.check("nobody", "scraper-secret"), Verdict::wrong);
  EXPECT_EQ(passwords.computations(), 1U);
}

TEST(Passwords, ThatAreRightForAnotherUserAreNotRemembered) {
  Passwords passwords(Hashes{{"a", kHash}});
  EXPECT_EQ(passwords.check("nobody", "scraper-secret"), Verdict::wrong);
  EXPECT_EQ(passwords.check("nobody", "scraper-secret"), Verdict::wrong);
}

TEST(Passwords, AreNotCutAtANulByte) {
  Passwords passwords(Hashes{{"a", kHash}});
  EXPECT_EQ(passwords.check("a", std::string("scraper-secret\0x", 16)), Verdict::wrong);
}

TEST(Passwords, ThatAreGuessedByManyAtOnceDoNotHoldThemAll) {
  Passwords passwords(
      Hashes{{"a", "$2b$10$abcdefghijklmnopqrstuuQxSjvXXzI/rwsDhknzmtO8/2WK1cC7C"}});
  ASSERT_EQ(passwords.check("a", "scraper-secret"), Verdict::right);
  std::atomic<int> busy = 0;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> guessers;
  for (int i = 0; i < 5 * Passwords::kMaxWaiting; ++i) {
    guessers.emplace_back(
        [&] { ++(passwords.check("a", "guess") == Verdict::busy ? busy : wrong); });
  }
  // Known users are served meanwhile.
  EXPECT_EQ(passwords.check("a", "scraper-secret"), Verdict::right);
  for (auto& guesser : guessers) guesser.join();
  EXPECT_EQ(busy + wrong, 5 * Passwords::kMaxWaiting);
  EXPECT_EQ(passwords.computations(), 1U + static_cast<unsigned>(wrong));
}

}  // namespace
}  // namespace pppol2tp::http
