// What can be shown of a session, by name: every label and value of the metric table's session
// rows, under the metric's name without `session_`, and a few fields that only people need. The
// commands show, filter, sort and print as JSON these fields, so all of them know a new metric.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "agent/metrics/number.h"
#include "agent/model/session.h"

namespace pppol2tp::ctl {

// The time at the moment that is shown.
struct Moment {
  std::uint64_t now_ns = 0;  // CLOCK_BOOTTIME
  std::int64_t realtime_offset_ns = 0;
};

// Empty if the session has no such value.
using Value = std::variant<std::monostate, std::string, metrics::Number>;

struct Field {
  std::string name;
  std::string_view meaning;
  Value (*value)(const model::Session&, const Moment&);
  bool (*when)(const model::Session&) = nullptr;  // whether the session has a value; null: always

  Value of(const model::Session& session, const Moment& moment) const {
    return when == nullptr || when(session) ? value(session, moment) : Value{};
  }
};

// The fields for people first, then in the order of the metric table. Never destroyed.
std::span<const Field> fields();

// Null if no field has this name.
const Field* find_field(std::string_view name);

// For people: bytes and times with units, text from a peer made printable. "-" for no value.
std::string shown(const Field& field, const Value& value, const Moment& moment);

// 1234567 is "1.2M".
std::string with_unit(double number);

// The number for comparisons and sorting; nullopt for text and for no value. Times are Unix
// seconds.
std::optional<double> to_number(const Value& value, const Moment& moment);

}  // namespace pppol2tp::ctl
