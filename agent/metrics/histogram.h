// How the metric table's histograms become text.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "agent/metrics/text_writer.h"
#include "agent/model/histogram.h"

namespace pppol2tp::metrics {

// What a row says of a histogram of durations: views of what outlives the rendering.
struct Durations {
  std::span<const std::uint64_t> bounds_ns;  // ascending
  const model::Histogram& counted;           // in the buckets that these bounds make
};

// Appends the samples of one histogram: NAME_bucket for each bound and +Inf, NAME_sum, NAME_count.
// `labels` are what all of them carry, and are the same afterwards.
void append_histogram(std::string& out, std::string_view name, LabelList& labels,
                      const Durations& durations);

}  // namespace pppol2tp::metrics
