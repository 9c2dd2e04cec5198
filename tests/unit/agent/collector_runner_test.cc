#include "agent/collector_runner.h"

#include <gtest/gtest.h>

#include "agent/base/log.h"

namespace pppol2tp {
namespace {

using namespace std::chrono_literals;

class SetClock final : public Clock {
 public:
  std::chrono::nanoseconds monotonic() const override { return now; }
  std::chrono::nanoseconds boottime() const override { return now; }
  std::chrono::nanoseconds realtime() const override { return now; }

  std::chrono::nanoseconds now = 100s;
};

// Takes the time, and returns the result, that it is told to.
class ScriptedCollector final : public collectors::Collector {
 public:
  explicit ScriptedCollector(SetClock& clock) : clock_(clock) {}

  std::string_view name() const override { return "scripted"; }
  Result<void> collect(model::Model&, std::uint64_t) override {
    clock_.now += cost;
    return trouble.empty() ? Result<void>() : fail(trouble);
  }

  std::chrono::nanoseconds cost = 1ms;
  std::string trouble;

 private:
  SetClock& clock_;
};

class CollectorRunnerTest : public testing::Test {
 protected:
  void run() { runner_.run(model_, 0); }

  model::Model model_{model::Limits()};
  SetClock clock_;
  ScriptedCollector one_{clock_};
  ScriptedCollector other_{clock_};
  CollectorRunner runner_{{&one_, &other_}, clock_};
};

TEST_F(CollectorRunnerTest, RunIsPaidForByNineTimesAsMuchRest) {
  EXPECT_EQ(runner_.rest_left(), 0ns);
  one_.cost = 3ms;
  run();
  EXPECT_EQ(runner_.rest_left(), 36ms);
  clock_.now += 30ms;
  EXPECT_EQ(runner_.rest_left(), 6ms);
  clock_.now += 1s;
  EXPECT_EQ(runner_.rest_left(), 0ns);
}

TEST_F(CollectorRunnerTest, EachCollectorIsTimedByItself) {
  other_.cost = 7ms;
  run();
  EXPECT_EQ(runner_.facts()[0].duration_ns, 1'000'000u);
  EXPECT_EQ(runner_.facts()[1].duration_ns, 7'000'000u);
}

TEST_F(CollectorRunnerTest, FailureIsLoggedWhenItBeginsAndWhenItBecomesAnotherAndTheOthersGoOn) {
  const log::Capture log;
  one_.trouble = "no ring";
  for (int i = 0; i < 3; ++i) run();
  EXPECT_EQ(log.lines().size(), 1u);
  EXPECT_FALSE(runner_.facts()[0].success);
  EXPECT_TRUE(runner_.facts()[1].success);
  one_.trouble = "no right to read it";
  run();
  ASSERT_EQ(log.lines().size(), 2u);
  EXPECT_NE(log.lines()[1].find("no right to read it"), std::string::npos);
  one_.trouble.clear();
  for (int i = 0; i < 2; ++i) run();
  ASSERT_EQ(log.lines().size(), 3u);
  EXPECT_NE(log.lines()[2].find("works again"), std::string::npos);
  EXPECT_TRUE(runner_.facts()[0].success);
}

}  // namespace
}  // namespace pppol2tp
