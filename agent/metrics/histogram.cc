#include "agent/metrics/histogram.h"

#include "agent/metrics/number.h"

namespace pppol2tp::metrics {
namespace {

// A bound as OpenMetrics requires it: whole numbers end in ".0". The text format gets the same, so
// that a series has the same labels in both.
std::string bound_text(std::uint64_t ns) {
  std::string text;
  append_number(text, seconds(ns), 0);
  if (text.find('.') == std::string::npos) text += ".0";
  return text;
}

}  // namespace

void append_histogram(std::string& out, std::string_view name, LabelList& labels,
                      const Durations& durations) {
  const std::string bucket = std::string(name) + "_bucket";
  const std::size_t common = labels.size();
  std::uint64_t so_far = 0;
  const auto append_bucket = [&](std::string_view bound, std::uint64_t counted) {
    so_far += counted;
    labels.add("le", bound);
    append_sample(out, bucket, labels, count(so_far), 0);
    labels.cut_back_to(common);
  };
  const std::size_t bounds = durations.bounds_ns.size();
  for (std::size_t i = 0; i < bounds; ++i) {
    append_bucket(bound_text(durations.bounds_ns[i]), durations.counted.counts[i]);
  }
  append_bucket("+Inf", durations.counted.counts[bounds]);
  append_sample(out, std::string(name) + "_sum", labels, seconds(durations.counted.sum_ns), 0);
  append_sample(out, std::string(name) + "_count", labels, count(so_far), 0);
}

}  // namespace pppol2tp::metrics
