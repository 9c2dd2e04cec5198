// The two exposition formats. Sample lines are the same bytes in both; only what is around them
// differs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pppol2tp::metrics {

enum class Format : std::uint8_t {
  text,         // Prometheus text format 0.0.4
  openmetrics,  // OpenMetrics 1.0.0
};
inline constexpr std::size_t kFormats = 2;

constexpr std::string_view content_type(Format format) {
  return format == Format::text ? "text/plain; version=0.0.4; charset=utf-8"
                                : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

// The text after the last family.
constexpr std::string_view ending(Format format) {
  return format == Format::text ? "" : "# EOF\n";
}

}  // namespace pppol2tp::metrics
