// The headers of families, as text and compressed: each is made once, because it never changes.
// Compressing them for every scrape would cost as much as 400 sessions do, and putting the texts
// together as much as 100.
//
// Thread-safe.
#pragma once

#include <array>
#include <mutex>
#include <string_view>

#include "agent/metrics/catalogue.h"
#include "agent/metrics/format.h"
#include "agent/metrics/gzip.h"

namespace pppol2tp::metrics {

// Valid for as long as the program runs.
std::string_view header_text(FamilyId family, Format format);

class HeaderSegments {
 public:
  // Made when it is first needed.
  const Segment& of(FamilyId family, Format format, Deflater& deflater);

 private:
  struct Entry {
    std::once_flag is_made;
    Segment segment;
  };
  std::array<std::array<Entry, kFormats>, kFamilies.size()> entries_;
};

}  // namespace pppol2tp::metrics
