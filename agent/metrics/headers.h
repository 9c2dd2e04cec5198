// The headers of families, compressed: each is made when it is first needed, and kept, because it
// never changes. Compressing them for every scrape would cost as much as 400 sessions do.
//
// Thread-safe.
#pragma once

#include <array>
#include <mutex>

#include "agent/metrics/catalogue.h"
#include "agent/metrics/format.h"
#include "agent/metrics/gzip.h"

namespace pppol2tp::metrics {

class HeaderSegments {
 public:
  const Segment& of(FamilyId family, Format format, Deflater& deflater);

 private:
  struct Entry {
    std::once_flag is_made;
    Segment segment;
  };
  std::array<std::array<Entry, kFormats>, kFamilies.size()> entries_;
};

}  // namespace pppol2tp::metrics
