#include "agent/metrics/histogram.h"

#include <gtest/gtest.h>

#include <array>

namespace pppol2tp::metrics {
namespace {

constexpr std::array<std::uint64_t, 3> kBounds = {500'000, 1'000'000'000, 10'000'000'000};

std::string shown(LabelList& labels) {
  model::Histogram histogram;
  for (const std::uint64_t ns : {400'000ull, 2'000'000ull, 3'000'000ull, 60'000'000'000ull}) {
    histogram.observe(kBounds, ns);
  }
  std::string text;
  append_histogram(text, "x_seconds", labels, {kBounds, histogram});
  return text;
}

TEST(HistogramText, BucketsAreCumulativeAndEndWithAllThereIs) {
  LabelList labels;
  EXPECT_EQ(shown(labels),
            "x_seconds_bucket{le=\"0.0005\"} 1\n"
            "x_seconds_bucket{le=\"1.0\"} 3\n"
            "x_seconds_bucket{le=\"10.0\"} 3\n"
            "x_seconds_bucket{le=\"+Inf\"} 4\n"
            "x_seconds_sum 60.0054\n"
            "x_seconds_count 4\n");
}

TEST(HistogramText, LabelsAreOnEverySampleAndStayAsTheyWere) {
  LabelList labels;
  labels.add("phase", "running");
  const std::string text = shown(labels);
  EXPECT_NE(text.find("x_seconds_bucket{phase=\"running\",le=\"+Inf\"} 4\n"), text.npos);
  EXPECT_NE(text.find("x_seconds_sum{phase=\"running\"} 60.0054\n"), text.npos);
  EXPECT_EQ(labels.text(), "phase=\"running\"");
}

}  // namespace
}  // namespace pppol2tp::metrics
