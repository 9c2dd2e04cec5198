#include "agent/metrics/facts.h"

#include <gtest/gtest.h>

#include <ctime>

namespace pppol2tp::metrics {
namespace {

TEST(ProcessFacts, HaveOneStartTime) {
  const double start = process_facts().start_time_seconds;
  const auto now = static_cast<double>(std::time(nullptr));
  EXPECT_LE(start, now + 1);
  EXPECT_GT(start, now - 3600);  // tests do not run for hours
  for (int i = 0; i < 100; ++i) ASSERT_EQ(process_facts().start_time_seconds, start);
}

TEST(ProcessFacts, AreThoseOfARunningProcess) {
  const ProcessFacts facts = process_facts();
  EXPECT_GT(facts.resident_bytes, 0u);
  EXPECT_GT(facts.virtual_bytes, facts.resident_bytes);
  EXPECT_GT(facts.open_fds, 0u);
  EXPECT_GE(facts.max_fds, facts.open_fds);
}

}  // namespace
}  // namespace pppol2tp::metrics
