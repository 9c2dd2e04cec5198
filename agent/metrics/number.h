// A sample's value before it becomes text: exact for counters, with the kind of a time.
#pragma once

#include <cstdint>

namespace pppol2tp::metrics {

struct Number {
  enum class Kind : std::uint8_t {
    integer,
    real,
    nanoseconds,  // a duration, shown in seconds
    boottime,     // a CLOCK_BOOTTIME in nanoseconds, shown as Unix time in seconds
  };
  Kind kind = Kind::integer;
  std::uint64_t integer = 0;
  double real = 0;
};

constexpr Number count(std::uint64_t value) {
  return {Number::Kind::integer, value, 0};
}
constexpr Number flag(bool value) {
  return {Number::Kind::integer, value ? 1u : 0u, 0};
}
constexpr Number number(double value) {
  return {Number::Kind::real, 0, value};
}
constexpr Number seconds(std::uint64_t ns) {
  return {Number::Kind::nanoseconds, ns, 0};
}
constexpr Number at(std::uint64_t boottime_ns) {
  return {Number::Kind::boottime, boottime_ns, 0};
}

}  // namespace pppol2tp::metrics
