#include "agent/metrics/catalogue.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace pppol2tp::metrics {
namespace {

TEST(Catalogue, MetricsMdIsWhatTheTableSays) {
  const std::string now = metrics_markdown();
  EXPECT_EQ(test::expected_file("agent/metrics/METRICS.md", now), now)
      << "run the test again with PPPOL2TP_UPDATE=1";
}

TEST(Catalogue, EveryFamilyIsInMetricsMd) {
  const std::string text = metrics_markdown();
  for (const Family& family : kFamilies) {
    EXPECT_NE(text.find("| `" + std::string(family.name) + "` |"), std::string::npos)
        << family.name;
  }
}

TEST(Catalogue, OnlyProcessMetricsGoWithoutOurPrefix) {
  for (const Family& family : kFamilies) {
    EXPECT_TRUE(family.name.starts_with("pppol2tp_") || family.name.starts_with("process_"))
        << family.name;
  }
}

}  // namespace
}  // namespace pppol2tp::metrics
