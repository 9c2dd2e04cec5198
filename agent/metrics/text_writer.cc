#include "agent/metrics/text_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "agent/metrics/digits.h"

namespace pppol2tp::metrics {
namespace {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

// Length of the UTF-8 sequence at the front of `text` (RFC 3629, section 4); 0 if it is invalid.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(at(i))) return 0;
  }
  const unsigned char second = at(1);
  const bool is_overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool is_surrogate = lead == 0xED && second > 0x9F;
  const bool is_beyond = lead == 0xF4 && second > 0x8F;
  return is_overlong || is_surrogate || is_beyond ? 0 : length;
}

// The common case: nothing to escape, nothing to check.
bool is_plain(std::string_view text) {
  bool plain = true;
  for (const char c : text) {
    plain = plain && c >= ' ' && c < '\x7F' && c != '\\' && c != '"';
  }
  return plain;
}

void append_hex_escape(std::string& out, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\\\x";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

}  // namespace

void append_label_value(std::string& out, std::string_view value) {
  if (is_plain(value)) {
    out += value;
    return;
  }
  while (!value.empty()) {
    const auto first = static_cast<unsigned char>(value.front());
    const std::size_t length = sequence_length(value);
    if (length == 0 || ((first < 0x20 || first == 0x7F) && first != '\n')) {
      append_hex_escape(out, first);
      value.remove_prefix(1);
      continue;
    }
    if (first == '\n') {
      out += "\\n";
    } else {
      if (first == '\\' || first == '"') out += '\\';
      out += value.substr(0, length);
    }
    value.remove_prefix(length);
  }
}

char* write_seconds(char* out, std::uint64_t ns) {
  out = write_integer(out, ns / kNsPerSecond);
  const std::uint64_t rest = ns % kNsPerSecond;  // nine digits
  if (rest == 0) return out;
  *out++ = '.';
  *out++ = static_cast<char>('0' + rest / kTenToThe8th);
  const std::uint64_t digits = eight_digits(rest % kTenToThe8th);
  write_all(out, rest % kTenToThe8th);
  return out + (digits == 0 ? 0 : 8 - std::countl_zero(digits) / 8);  // without zeros at the end
}

char* write_real(char* out, double value) {
  const auto write = [&](std::string_view word) {
    return std::copy(word.begin(), word.end(), out);
  };
  if (std::isnan(value)) return write("NaN");
  if (std::isinf(value)) return write(value > 0 ? "+Inf" : "-Inf");
  return std::to_chars(out, out + kMaxNumberBytes, value).ptr;
}

void append_number(std::string& out, const Number& number, std::int64_t realtime_offset_ns) {
  std::array<char, kMaxNumberBytes> digits;
  char* end = digits.data();
  switch (number.kind) {
    case Number::Kind::integer:
      end = write_integer(end, number.integer);
      break;
    case Number::Kind::real:
      end = write_real(end, number.real);
      break;
    case Number::Kind::nanoseconds:
      end = write_seconds(end, number.integer);
      break;
    case Number::Kind::boottime:
      end = write_seconds(end, number.integer + static_cast<std::uint64_t>(realtime_offset_ns));
      break;
  }
  out.append(digits.data(), end);
}

void LabelList::begin(std::string_view name) {
  if (!text_.empty()) text_ += ',';
  text_ += name;
  text_ += "=\"";
}

void LabelList::add(std::string_view name, std::string_view value) {
  begin(name);
  append_label_value(text_, value);
  text_ += '"';
}

void LabelList::add(std::string_view name, std::uint64_t value) {
  begin(name);
  append_number(text_, count(value), 0);
  text_ += '"';
}

void append_sample(std::string& out, std::string_view name, const LabelList& labels,
                   const Number& number, std::int64_t realtime_offset_ns) {
  out += name;
  if (labels.size() != 0) {
    out += '{';
    out += labels.text();
    out += '}';
  }
  out += ' ';
  append_number(out, number, realtime_offset_ns);
  out += '\n';
}

}  // namespace pppol2tp::metrics
