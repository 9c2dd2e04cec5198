// The pieces of the exposition formats: escaped labels, numbers, samples.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/metrics/digits.h"
#include "agent/metrics/number.h"

namespace pppol2tp::metrics {

// Appends `value` as the contents of a label's quotes. Backslash, quote and line feed are escaped
// as the formats require. Bytes that are not UTF-8, and control characters, become a visible \\xNN:
// a single bad byte makes Prometheus reject the whole scrape, and a peer can choose its name.
void append_label_value(std::string& out, std::string_view value);

// Write a number at `out`, where kMaxNumberBytes must be free, and return its end.
char* write_seconds(char* out, std::uint64_t ns);
char* write_real(char* out, double value);

// `realtime_offset_ns` turns Number::Kind::boottime into Unix time.
void append_number(std::string& out, const Number& number, std::int64_t realtime_offset_ns);

// The labels of one sample, as between the braces.
class LabelList {
 public:
  void add(std::string_view name, std::string_view value);
  void add(std::string_view name, std::uint64_t value);
  void add_unless_empty(std::string_view name, std::string_view value) {
    if (!value.empty()) add(name, value);
  }

  std::string_view text() const { return text_; }
  std::size_t size() const { return text_.size(); }
  void cut_back_to(std::size_t size) { text_.resize(size); }
  void clear() { text_.clear(); }

 private:
  void begin(std::string_view name);
  std::string text_;
};

void append_sample(std::string& out, std::string_view name, const LabelList& labels,
                   const Number& number, std::int64_t realtime_offset_ns);

}  // namespace pppol2tp::metrics
