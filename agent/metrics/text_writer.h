// Appends the pieces of the Prometheus text format (version 0.0.4) to one buffer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/metrics/number.h"

namespace pppol2tp::metrics {

// Appends `value` as the inside of a label's quotes. Backslash, quote and line feed are escaped as
// the format asks; bytes that are not UTF-8, and control characters, become a visible \\xNN,
// because a single bad byte makes Prometheus refuse the whole scrape and a peer can choose its
// name.
void append_label_value(std::string& out, std::string_view value);

// `realtime_offset_ns` turns Number::Kind::boottime into Unix time.
void append_number(std::string& out, const Number& number, std::int64_t realtime_offset_ns);

// The labels of one sample, as they stand between the braces.
class LabelList {
 public:
  void add(std::string_view name, std::string_view value);
  // For labels that are known to need no escaping, as `name="value"`; an empty text adds nothing.
  void add_ready(std::string_view text);
  void add(std::string_view name, std::uint64_t value);

  std::string_view text() const { return text_; }
  std::size_t size() const { return text_.size(); }
  void cut_back_to(std::size_t size) { text_.resize(size); }
  void clear() { text_.clear(); }

 private:
  void separate();
  std::string text_;
};

// A family's two comment lines, and one sample line.
void append_header(std::string& out, std::string_view name, std::string_view type,
                   std::string_view help);
void append_sample(std::string& out, std::string_view name, const LabelList& labels,
                   const Number& number, std::int64_t realtime_offset_ns);

}  // namespace pppol2tp::metrics
