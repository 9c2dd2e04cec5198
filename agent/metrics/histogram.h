// Renders the metric table's histograms as text.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "agent/metrics/text_writer.h"
#include "agent/model/histogram.h"

namespace pppol2tp::metrics {

// The durations that a row gives for a histogram: references to data that outlives the rendering.
struct Durations {
  std::span<const std::uint64_t> bounds_ns;  // ascending
  const model::Histogram& counted;           // counted by these bounds
};

// Appends the samples of one histogram: NAME_bucket for each bound and +Inf, NAME_sum, NAME_count.
// All of them get `labels`, which are unchanged afterwards.
void append_histogram(std::string& out, std::string_view name, LabelList& labels,
                      const Durations& durations);

}  // namespace pppol2tp::metrics
