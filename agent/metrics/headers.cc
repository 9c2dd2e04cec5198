#include "agent/metrics/headers.h"

#include <cstddef>
#include <string>

#include "agent/base/concat.h"

namespace pppol2tp::metrics {
namespace {

using Texts = std::array<std::array<std::string, kFormats>, kFamilies.size()>;

std::string make_text(const Family& family, Format format) {
  const bool is_text = format == Format::text;
  const std::string_view name = is_text ? family.name : openmetrics_name(family);
  std::string out =
      concat("# HELP ", name, ' ', family.help, "\n# TYPE ", name, ' ',
             is_text ? type_text(family.kind) : openmetrics_type_text(family.kind), '\n');
  if (const std::string_view unit = unit_of(family); !is_text && !unit.empty()) {
    out += concat("# UNIT ", name, ' ', unit, '\n');
  }
  return out;
}

Texts make_texts() {
  Texts texts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t format = 0; format < kFormats; ++format) {
      texts[i][format] = make_text(kFamilies[i], static_cast<Format>(format));
    }
  }
  return texts;
}

}  // namespace

std::string_view header_text(FamilyId family, Format format) {
  static const Texts texts = make_texts();
  return texts[static_cast<std::size_t>(family)][static_cast<std::size_t>(format)];
}

const Segment& HeaderSegments::of(FamilyId family, Format format, Deflater& deflater) {
  Entry& entry = entries_[static_cast<std::size_t>(family)][static_cast<std::size_t>(format)];
  std::call_once(entry.is_made,
                 [&] { entry.segment = deflater.deflate(header_text(family, format)); });
  return entry.segment;
}

}  // namespace pppol2tp::metrics
