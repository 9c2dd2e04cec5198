#include "agent/ctl/fields.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <vector>

#include "agent/base/concat.h"
#include "agent/base/quote.h"
#include "agent/metrics/catalogue.h"
#include "agent/metrics/label_text.h"

namespace pppol2tp::ctl {
namespace {

using namespace metrics;  // for the names that the rows use
using model::Session;

constexpr double kNanosecond = 1e-9;

Value text_or_nothing(std::string text) {
  return text.empty() ? Value{} : Value{std::move(text)};
}

// ---- for people ---------------------------------------------------------------------------------

Value id_of(const Session& s, const Moment&) {
  return concat(s.state.identity.tunnel_id, "/", s.state.identity.session_id);
}

Value netns_of(const Session& s, const Moment&) {
  return text_or_nothing(s.netns_name.data());
}

Value state_of(const Session& s, const Moment&) {
  if (s.has_ended()) return std::string("ended");
  return std::string(s.is_up() ? "up" : ring::to_text(s.state.phase.current));
}

Value age_of(const Session& s, const Moment& moment) {
  const std::uint64_t until = s.has_ended() ? s.state.end.ended_ns : moment.now_ns;
  if (s.state.opened.opened_ns == 0 || until < s.state.opened.opened_ns) return {};
  return seconds(until - s.state.opened.opened_ns);
}

// ---- from the metric table ----------------------------------------------------------------------

// Used by the rows in this file, instead of the function of the same name that makes a label's
// text.
Value decimal(std::int64_t value) {
  return value < 0 ? number(static_cast<double>(value)) : count(static_cast<std::uint64_t>(value));
}

// A label's value, if the row has one; rows write "" if not.
template <typename Text>
Value label_value(const Text& text) {
  return text_or_nothing(std::string(text));
}
Value label_value(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? value : text_or_nothing(*text);
}

constexpr std::string_view kPrefix = "session_";
constexpr std::string_view kExportedPrefix = "pppol2tp_session_";
constexpr std::string_view kInfo = "info";

// pppol2tp_session_accm with the label direction="receive" is accm_receive.
std::string value_name(std::string_view family, std::string_view label) {
  std::string name(family.substr(kExportedPrefix.size()));
  if (const auto quote = label.find('"'); quote != std::string_view::npos) {
    name += '_';
    name += label.substr(quote + 1, label.rfind('"') - quote - 1);
  }
  return name;
}

// The label user of session_info is user, the label cause of session_end_info is end_cause.
std::string label_name(std::string_view family, std::string_view label) {
  std::string name(family.substr(kPrefix.size()));
  name.resize(name.size() - kInfo.size());
  return name.append(label);
}

using When = bool (*)(const Session&);

struct ValueRow {
  FamilyId family;
  std::string_view label;
  When when;
  Value (*value)(const Session&, const Moment&);
};

constexpr ValueRow kValues[] = {
#define SESSION_VALUE(name, label, when_row, value_row)                                     \
  {FamilyId::name, label, []([[maybe_unused]] const Session& s) { return bool(when_row); }, \
   []([[maybe_unused]] const Session& s, const Moment&) { return Value{value_row}; }},
#include "agent/metrics/metrics.def"
};

// A label is present if its family's samples are.
When when_of(FamilyId family) {
  const auto row = std::find_if(std::begin(kValues), std::end(kValues),
                                [family](const ValueRow& each) { return each.family == family; });
  return row == std::end(kValues) ? nullptr : row->when;
}

std::vector<Field> make_fields() {
  std::vector<Field> all = {
      {"id", "Tunnel id and session id of this host.", id_of},
      {"netns", "Network namespace, when it is not this one.", netns_of},
      {"state", "up, ended, or the phase of the link.", state_of},
      {"age", "Since the session's start, until its end.", age_of},
#define SESSION_LABEL(name, label, text_row, meaning)                     \
  {label_name(#name, #label), meaning,                                    \
   [](const Session& s, const Moment&) { return label_value(text_row); }, \
   when_of(FamilyId::name)},
#include "agent/metrics/metrics.def"
  };
  for (const ValueRow& row : kValues) {
    const Family& what = family(row.family);
    if (what.kind == Kind::info) continue;  // always 1: the labels have the information
    all.push_back({value_name(what.name, row.label), what.help, row.value, row.when});
  }
  return all;
}

const std::vector<Field>& all_fields() {
  static const std::vector<Field> all = make_fields();
  return all;
}

// ---- text ---------------------------------------------------------------------------------------

std::string with_format(const char* format, double value) {
  std::array<char, 64> buffer;
  const int length = std::snprintf(buffer.data(), buffer.size(), format, value);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

std::string duration_text(std::uint64_t ns) {
  const std::uint64_t s = ns / 1'000'000'000;
  if (s < 60) return with_format("%.3gs", static_cast<double>(ns) * kNanosecond);
  if (s < 3600) return concat(s / 60, "m", s % 60, "s");
  if (s < 86400) return concat(s / 3600, "h", s / 60 % 60, "m");
  return concat(s / 86400, "d", s / 3600 % 24, "h");
}

std::string time_text(double unix_seconds) {
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 32> buffer;
  return {buffer.data(), std::strftime(buffer.data(), buffer.size(), "%FT%TZ", &parts)};
}

std::string number_text(const Field& field, const Number& value, const Moment& moment) {
  switch (value.kind) {
    case Number::Kind::integer:
      return field.name.ends_with("bytes_total") ? with_unit(static_cast<double>(value.integer))
                                                 : std::to_string(value.integer);
    case Number::Kind::nanoseconds:
      return duration_text(value.integer);
    case Number::Kind::boottime:
      return time_text(*to_number(value, moment));
    case Number::Kind::real:
      break;
  }
  return with_format("%.6g", value.real);
}

}  // namespace

std::span<const Field> fields() {
  return all_fields();
}

const Field* find_field(std::string_view name) {
  const auto& all = all_fields();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Field& field) { return field.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string shown(const Field& field, const Value& value, const Moment& moment) {
  if (const auto* text = std::get_if<std::string>(&value)) return escaped(*text);
  if (const auto* number = std::get_if<Number>(&value)) return number_text(field, *number, moment);
  return "-";
}

std::string with_unit(double number) {
  constexpr const char* kUnits[] = {"", "k", "M", "G", "T", "P"};
  std::size_t unit = 0;
  for (; number >= 1000 && unit + 1 < std::size(kUnits); ++unit) number /= 1000;
  return with_format(unit == 0 ? "%.0f" : "%.1f", number) + kUnits[unit];
}

std::optional<double> to_number(const Value& value, const Moment& moment) {
  const auto* number = std::get_if<Number>(&value);
  if (number == nullptr) return std::nullopt;
  switch (number->kind) {
    case Number::Kind::integer:
      return static_cast<double>(number->integer);
    case Number::Kind::nanoseconds:
      return static_cast<double>(number->integer) * kNanosecond;
    case Number::Kind::boottime:
      return static_cast<double>(static_cast<std::int64_t>(number->integer) +
                                 moment.realtime_offset_ns) *
             kNanosecond;
    case Number::Kind::real:
      break;
  }
  return number->real;
}

}  // namespace pppol2tp::ctl
