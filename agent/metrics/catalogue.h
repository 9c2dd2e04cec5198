// The metric table as data: the families, and the naming rules, which the compiler checks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pppol2tp::metrics {

enum class Scope : std::uint8_t { session, tunnel, host, agent };
enum class Kind : std::uint8_t { counter, gauge, info, histogram };

enum class FamilyId : std::uint16_t {
#define FAMILY(scope, name, kind, help) name,
#include "agent/metrics/metrics.def"
};

struct Family {
  Scope scope;
  Kind kind;
  std::string_view name;  // as exported
  std::string_view help;
};

namespace internal {

// process_* are standard names (Prometheus' rules for client libraries); all others have our
// prefix.
constexpr std::string_view full_name(std::string_view prefixed, std::string_view bare) {
  return bare.starts_with("process_") ? bare : prefixed;
}

}  // namespace internal

inline constexpr std::array kFamilies = {
#define FAMILY(scope, name, kind, help) \
  Family{Scope::scope, Kind::kind, internal::full_name("pppol2tp_" #name, #name), help},
#include "agent/metrics/metrics.def"
};

constexpr const Family& family(FamilyId id) {
  return kFamilies[static_cast<std::size_t>(id)];
}

// The type in the text format, where an info is a gauge.
constexpr std::string_view type_text(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return "counter";
    case Kind::histogram:
      return "histogram";
    case Kind::gauge:
    case Kind::info:
      break;
  }
  return "gauge";
}

constexpr std::string_view openmetrics_type_text(Kind kind) {
  return kind == Kind::info ? "info" : type_text(kind);
}

// In OpenMetrics, a family's name lacks the suffix that its samples have because of their kind.
constexpr std::string_view openmetrics_name(const Family& family) {
  std::string_view name = family.name;
  if (family.kind == Kind::counter) name.remove_suffix(std::string_view("_total").size());
  if (family.kind == Kind::info) name.remove_suffix(std::string_view("_info").size());
  return name;
}

// The unit at the end of the name; empty for plain numbers.
constexpr std::string_view unit_of(const Family& family) {
  const std::string_view name = openmetrics_name(family);
  for (const std::string_view unit : {"seconds", "bytes"}) {
    if (name.ends_with(unit) && name[name.size() - unit.size() - 1] == '_') return unit;
  }
  return {};
}

namespace internal {

constexpr bool is_snake_case(std::string_view name) {
  for (const char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return !name.empty();
}

constexpr bool names_are_unique() {
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    for (std::size_t j = i + 1; j < kFamilies.size(); ++j) {
      if (kFamilies[i].name == kFamilies[j].name) return false;
      if (openmetrics_name(kFamilies[i]) == openmetrics_name(kFamilies[j])) return false;
    }
  }
  return true;
}

template <typename Holds>
constexpr bool all_families(Holds&& holds) {
  for (const Family& each : kFamilies) {
    if (!holds(each)) return false;
  }
  return true;
}

}  // namespace internal

static_assert(internal::names_are_unique(),
              "metrics.def: two families have one name, or one but for _total or _info");
static_assert(internal::all_families([](const Family& f) {
                return internal::is_snake_case(f.name);
              }),
              "metrics.def: names are snake_case");
static_assert(internal::all_families([](const Family& f) {
                return f.name.ends_with("_total") == (f.kind == Kind::counter);
              }),
              "metrics.def: counters end in _total, and nothing else does");
static_assert(internal::all_families([](const Family& f) {
                return f.name.ends_with("_info") == (f.kind == Kind::info);
              }),
              "metrics.def: infos end in _info, and nothing else does");
static_assert(internal::all_families([](const Family& f) {
                return !f.name.ends_with("_bucket") && !f.name.ends_with("_sum") &&
                       !f.name.ends_with("_count");
              }),
              "metrics.def: _bucket, _sum and _count are names of a histogram's samples");
static_assert(internal::all_families([](const Family& f) {
                return f.name.ends_with("_seconds") || f.kind != Kind::histogram;
              }),
              "metrics.def: histograms are of durations, and end in _seconds");
static_assert(internal::all_families([](const Family& f) {
                return f.help.ends_with('.') &&
                       f.help.find_first_of("\n\\\"") == std::string_view::npos;
              }),
              "metrics.def: help is a sentence that needs no escaping, and ends with a full stop");

// The text of agent/metrics/METRICS.md.
std::string metrics_markdown();

}  // namespace pppol2tp::metrics
