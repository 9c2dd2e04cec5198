// Writes families one by one, each with its header before its first sample; leaves out those that
// were not selected.
#pragma once

#include <cstdint>
#include <string>

#include "agent/metrics/catalogue.h"
#include "agent/metrics/format.h"
#include "agent/metrics/headers.h"
#include "agent/metrics/histogram.h"
#include "agent/metrics/number.h"
#include "agent/metrics/selection.h"
#include "agent/metrics/text_writer.h"

namespace pppol2tp::metrics {

class FamilyWriter {
 public:
  FamilyWriter(Format format, const FamilySet& families, std::int64_t realtime_offset_ns = 0)
      : format_(format), families_(families), realtime_offset_ns_(realtime_offset_ns) {}

  // False: the family was not selected, and nothing of it may be written.
  bool begin(FamilyId id) {
    if (!families_[static_cast<std::size_t>(id)]) return false;
    name_ = family(id).name;
    out_ += header_text(id, format_);
    return true;
  }

  // Applies to the next sample only.
  LabelList& labels() { return labels_; }

  void sample(const Number& value) {
    append_sample(out_, name_, labels_, value, realtime_offset_ns_);
    labels_.clear();
  }

  void histogram(const Durations& durations) {
    append_histogram(out_, name_, labels_, durations);
    labels_.clear();
  }

  std::string take() { return std::move(out_); }

 private:
  Format format_;
  const FamilySet& families_;
  std::int64_t realtime_offset_ns_;
  std::string_view name_;
  std::string out_;
  LabelList labels_;
};

}  // namespace pppol2tp::metrics
