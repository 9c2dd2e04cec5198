#include "agent/metrics/text_writer.h"

#include <array>
#include <charconv>
#include <cmath>

namespace pppol2tp::metrics {
namespace {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

// Length of the UTF-8 sequence at the front of `text` (RFC 3629, section 4), 0 when it is not one.
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

void append_hex_escape(std::string& out, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\\\x";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

void append_integer(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_seconds(std::string& out, std::uint64_t ns) {
  append_integer(out, ns / kNsPerSecond);
  std::uint64_t rest = ns % kNsPerSecond;
  if (rest == 0) return;
  std::array<char, 10> digits{'.', '0', '0', '0', '0', '0', '0', '0', '0', '0'};
  for (std::size_t i = 9; i > 0; --i, rest /= 10) digits[i] = static_cast<char>('0' + rest % 10);
  const std::string_view text(digits.data(), digits.size());
  out += text.substr(0, text.find_last_not_of('0') + 1);
}

void append_real(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
  }
}

}  // namespace

void append_label_value(std::string& out, std::string_view value) {
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

void append_number(std::string& out, const Number& number, std::int64_t realtime_offset_ns) {
  switch (number.kind) {
    case Number::Kind::integer:
      append_integer(out, number.integer);
      break;
    case Number::Kind::real:
      append_real(out, number.real);
      break;
    case Number::Kind::nanoseconds:
      append_seconds(out, number.integer);
      break;
    case Number::Kind::boottime:
      append_seconds(out, number.integer + static_cast<std::uint64_t>(realtime_offset_ns));
      break;
  }
}

void LabelList::separate() {
  if (!text_.empty()) text_ += ',';
}

void LabelList::add(std::string_view name, std::string_view value) {
  separate();
  text_ += name;
  text_ += "=\"";
  append_label_value(text_, value);
  text_ += '"';
}

void LabelList::add(std::string_view name, std::uint64_t value) {
  separate();
  text_ += name;
  text_ += "=\"";
  append_integer(text_, value);
  text_ += '"';
}

void LabelList::add_ready(std::string_view text) {
  if (text.empty()) return;
  separate();
  text_ += text;
}

void append_header(std::string& out, std::string_view name, std::string_view type,
                   std::string_view help) {
  out += "# HELP ";
  out += name;
  out += ' ';
  out += help;
  out += "\n# TYPE ";
  out += name;
  out += ' ';
  out += type;
  out += '\n';
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
