#include "agent/http/negotiation.h"

#include "agent/http/text.h"

namespace pppol2tp::http {
namespace {

// One element of an Accept or Accept-Encoding header.
struct Range {
  std::string_view name;
  std::string_view version;
  int quality = 1000;  // thousandths
};

// RFC 9110 12.4.2: 0 to 1 with at most three digits. Anything else counts as 0: a client with an
// unclear request should not get more than one that requests nothing.
int parse_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  int quality = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return 0;
  int weight = 100;
  for (const char digit : text.substr(text.size() > 1 ? 2 : 1)) {
    if (digit < '0' || digit > '9') return 0;
    quality += (digit - '0') * weight;
    weight /= 10;
  }
  return quality <= 1000 ? quality : 0;
}

std::string_view unquoted(std::string_view value) {
  const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return is_quoted ? value.substr(1, value.size() - 2) : value;
}

Range parse_range(std::string_view element) {
  Range range;
  range.name = trimmed(take_until(element, ';'));
  while (!element.empty()) {
    std::string_view value = take_until(element, ';');
    const std::string_view name = trimmed(take_until(value, '='));
    value = unquoted(trimmed(value));
    if (equal_ignoring_case(name, "q")) range.quality = parse_quality(value);
    if (equal_ignoring_case(name, "version")) range.version = value;
  }
  return range;
}

// How specifically a range matches an offer: 0 not at all; higher is more specific (RFC 9110
// 12.5.1).
int closeness(const Range& range, const MediaType& offer) {
  if (!range.version.empty() && range.version != offer.version) return 0;
  if (equal_ignoring_case(range.name, offer.type)) return range.version.empty() ? 3 : 4;
  if (range.name == "*/*") return 1;
  const std::string_view main_type = offer.type.substr(0, offer.type.find('/') + 1);
  const bool is_subtype_open = range.name.ends_with("/*");
  return is_subtype_open &&
                 equal_ignoring_case(range.name.substr(0, range.name.size() - 1), main_type)
             ? 2
             : 0;
}

int quality_of(std::string_view accept, const MediaType& offer) {
  int best_closeness = 0;
  int quality = 0;
  while (!accept.empty()) {
    const Range range = parse_range(take_until(accept, ','));
    const int fit = closeness(range, offer);
    if (fit > best_closeness) {
      best_closeness = fit;
      quality = range.quality;
    }
  }
  return quality;
}

}  // namespace

std::optional<std::size_t> choose(std::string_view accept, std::span<const MediaType> offers) {
  if (trimmed(accept).empty()) accept = "*/*";
  std::optional<std::size_t> best;
  int best_quality = 0;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    const int quality = quality_of(accept, offers[i]);
    if (quality > best_quality) {
      best = i;
      best_quality = quality;
    }
  }
  return best;
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    const Range range = parse_range(take_until(accept_encoding, ','));
    if (equal_ignoring_case(range.name, coding)) return range.quality > 0;
    if (range.name == "*") any = range.quality > 0;
  }
  return any;
}

}  // namespace pppol2tp::http
