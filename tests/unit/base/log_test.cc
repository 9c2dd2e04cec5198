#include "agent/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace pppol2tp::log {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

TEST(Log, WritesLevelMessageAndFields) {
  const Capture capture;
  info("listening", {{"address", "127.0.0.1:1"}, {"threads", 16}});
  EXPECT_THAT(capture.lines(),
              ElementsAre("level=info msg=\"listening\" address=127.0.0.1:1 threads=16"));
}

TEST(Log, NamesEachLevel) {
  const Capture capture;
  debug("a");
  info("b");
  warn("c");
  error("d");
  EXPECT_THAT(capture.lines(), ElementsAre("level=debug msg=\"a\"", "level=info msg=\"b\"",
                                           "level=warn msg=\"c\"", "level=error msg=\"d\""));
}

TEST(Log, QuotesValuesThatAreNotOneWord) {
  const Capture capture;
  info("x", {{"empty", ""}, {"blank", "a b"}, {"equals", "a=b"}, {"quote", "a\"b"}});
  EXPECT_THAT(capture.lines(), ElementsAre("level=info msg=\"x\" empty=\"\" blank=\"a b\" "
                                           "equals=\"a=b\" quote=\"a\\\"b\""));
}

TEST(Log, CannotBeGivenASecondLineByAValue) {
  const Capture capture;
  info("x", {{"user", "evil\ntime=now level=error msg=gotcha"}});
  ASSERT_THAT(capture.lines(), SizeIs(1));
  EXPECT_EQ(capture.lines()[0].find('\n'), std::string::npos);
}

TEST(Log, DropsWhatIsBelowItsLevel) {
  const Capture capture;
  set_level(Level::warn);
  info("dropped");
  warn("kept");
  EXPECT_THAT(capture.lines(), ElementsAre("level=warn msg=\"kept\""));
}

TEST(Log, TellsTheLevelThatWasSet) {
  const Level before = level();
  for (const Level each : {Level::debug, Level::info, Level::warn, Level::error}) {
    set_level(each);
    EXPECT_EQ(level(), each);
  }
  set_level(before);
}

TEST(Log, CaptureGivesBackTheLevelThatItFound) {
  const Level before = level();
  set_level(Level::error);
  { const Capture capture; }
  EXPECT_EQ(level(), Level::error);
  set_level(before);
}

TEST(Log, KeepsLinesOfSeveralThreadsWhole) {
  const Capture capture;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int round = 0; round < 100; ++round) info("message", {{"round", round}});
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_THAT(capture.lines(), SizeIs(400));
  for (const auto& line : capture.lines()) {
    EXPECT_THAT(line, MatchesRegex("level=info msg=\"message\" round=[0-9]+"));
  }
}

TEST(Log, StartsLinesOnStderrWithTheTimeInUtc) {
  testing::internal::CaptureStderr();
  warn("to stderr", {{"n", 1}});
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              MatchesRegex("time=[0-9-]+T[0-9:]+\\.[0-9]+Z level=warn msg=\"to stderr\" n=1\n"));
}

}  // namespace
}  // namespace pppol2tp::log
