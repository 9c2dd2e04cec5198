#include "agent/config/rules.h"

#include <linux/limits.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/base/endpoint.h"
#include "agent/base/quote.h"

namespace pppol2tp::config {
namespace {

// Enough of a bad value to find it by.
constexpr std::size_t kQuoteLimit = 60;

constexpr std::array<std::string_view, 4> kLevelWords = {
#define X(name) #name,
    PPPOL2TP_LOG_LEVELS(X)
#undef X
};

constexpr std::array<std::string_view, 5> kLabelWords = {
#define X(name) #name,
    PPPOL2TP_SESSION_LABELS(X)
#undef X
};

constexpr std::array<std::string_view, 4> kDetailWords = {"totals", "tunnels", "sessions",
                                                          "everything"};

template <typename Enum>
std::string word_of(Enum value) {
  return std::string(words_of<Enum>()[static_cast<std::size_t>(value)]);
}

}  // namespace

Result<std::string> ListenAddress::parse(std::string_view scalar) const {
  if (scalar == "systemd") return std::string(scalar);
  const auto endpoint = parse_endpoint(scalar);
  if (!endpoint) return fail(in_quotes(scalar, kQuoteLimit), " is no address and port");
  if (port_of(endpoint->address) == 0)
    return fail(in_quotes(scalar, kQuoteLimit), " names no port");
  return std::string(scalar);
}

std::string ListenAddress::allowed() const {
  return "ADDRESS:PORT such as 127.0.0.1:11701, [::1]:11701, or :11701 for all addresses; or "
         "systemd";
}

Result<std::string> AbsolutePathOrNothing::parse(std::string_view scalar) const {
  return scalar.empty() ? std::string() : AbsolutePath().parse(scalar);
}

std::string AbsolutePathOrNothing::allowed() const {
  return "an absolute path, or nothing";
}

Result<std::string> AbsolutePath::parse(std::string_view scalar) const {
  if (!scalar.starts_with('/'))
    return fail(in_quotes(scalar, kQuoteLimit), " does not start with /");
  if (scalar.size() >= PATH_MAX) return fail(in_quotes(scalar, kQuoteLimit), " is too long");
  if (scalar.find('\0') != std::string_view::npos) {
    return fail(in_quotes(scalar, kQuoteLimit), " contains a NUL byte");
  }
  return std::string(scalar);
}

std::string AbsolutePath::allowed() const {
  return "an absolute path";
}

Result<std::chrono::milliseconds> DurationBetween::parse(std::string_view scalar) const {
  const auto duration = parse_duration(scalar);
  if (!duration) return duration.error();
  if (*duration < least || *duration > most) {
    return fail(in_quotes(scalar, kQuoteLimit), " is out of range");
  }
  return *duration;
}

std::string DurationBetween::allowed() const {
  return concat("a duration such as 500ms, 10s, 15m or 1h30m, from ", to_text(least), " to ",
                to_text(most));
}

Result<std::uint32_t> CountBetween::parse(std::string_view scalar) const {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(scalar.data(), scalar.data() + scalar.size(), count);
  if (end != scalar.data() + scalar.size() || error == std::errc::invalid_argument) {
    return fail(in_quotes(scalar, kQuoteLimit), " is no whole number");
  }
  if (error == std::errc::result_out_of_range || count < least || count > most) {
    return fail(in_quotes(scalar, kQuoteLimit), " is out of range");
  }
  return count;
}

std::string CountBetween::allowed() const {
  return concat("a number from ", least, " to ", most);
}

Result<std::string> FamilyWord::parse(std::string_view scalar) const {
  const auto families = metrics::parse_families(scalar);
  if (!families) return families.error();
  return std::string(scalar);
}

std::string FamilyWord::allowed() const {
  return std::string(metrics::allowed_families());
}

template <>
std::span<const std::string_view> words_of<log::Level>() {
  return kLevelWords;
}

template <>
std::span<const std::string_view> words_of<SessionLabel>() {
  return kLabelWords;
}

template <>
std::span<const std::string_view> words_of<metrics::Detail>() {
  return kDetailWords;
}

std::string to_text(std::uint32_t count) {
  return concat(count);
}
std::string to_text(log::Level level) {
  return word_of(level);
}
std::string to_text(metrics::Detail detail) {
  return word_of(detail);
}
std::string to_text(SessionLabel label) {
  return word_of(label);
}

std::string to_text(const std::string& text) {
  // Plain where YAML reads it back as it stands; [ and : make a flow list or a mapping out of it.
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-").find(c) != std::string_view::npos;
  });
  return is_plain && !text.empty() ? text : in_quotes(text);
}

}  // namespace pppol2tp::config
