#include "agent/metrics/header_segments.h"

#include <string>

#include "agent/metrics/text_writer.h"

namespace pppol2tp::metrics {

const Segment& HeaderSegments::of(FamilyId family, Format format, Deflater& deflater) {
  Entry& entry = entries_[static_cast<std::size_t>(family)][static_cast<std::size_t>(format)];
  std::call_once(entry.is_made, [&] {
    std::string header;
    append_header(header, metrics::family(family), format);
    entry.segment = deflater.deflate(header);
  });
  return entry.segment;
}

}  // namespace pppol2tp::metrics
