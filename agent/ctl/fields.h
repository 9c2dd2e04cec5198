// What can be said of a session, by name: every label and value of the metric table's session rows,
// under the metric's name less `session_`, and a few that only make sense to people. What the
// commands show, filter, sort by and print as JSON comes from here, so a new metric is in all of
// them.
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

// The clocks of the moment that is shown.
struct Moment {
  std::uint64_t now_ns = 0;  // CLOCK_BOOTTIME
  std::int64_t realtime_offset_ns = 0;
};

// Nothing, when there is nothing to say of this session.
using Value = std::variant<std::monostate, std::string, metrics::Number>;

struct Field {
  std::string name;
  std::string_view meaning;
  Value (*value)(const model::Session&, const Moment&);
  bool (*when)(const model::Session&) = nullptr;  // whether there is anything to say; null: always

  Value of(const model::Session& session, const Moment& moment) const {
    return when == nullptr || when(session) ? value(session, moment) : Value{};
  }
};

// In the order of the metric table, those for people first. Lives for ever.
std::span<const Field> fields();

// Null when there is none of this name.
const Field* find_field(std::string_view name);

// For people: bytes and times with units, anything a peer chose made printable. "-" for nothing.
std::string shown(const Field& field, const Value& value, const Moment& moment);

// 1234567 is "1.2M".
std::string with_unit(double number);

// What a comparison or a sort looks at; none for text and for nothing. Times are Unix seconds.
std::optional<double> to_number(const Value& value, const Moment& moment);

}  // namespace pppol2tp::ctl
