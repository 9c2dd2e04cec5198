#include "agent/config/rules.h"

#include <arpa/inet.h>
#include <linux/limits.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/base/endpoint.h"
#include "agent/base/quote.h"
#include "agent/config/nearest.h"

namespace pppol2tp::config {
namespace {

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

struct ExpectedText {
  std::string_view key;
  std::string ExpectedSession::*field;
};
constexpr ExpectedText kExpectedTexts[] = {
    {"name", &ExpectedSession::name},       {"user", &ExpectedSession::user},
    {"ipparam", &ExpectedSession::ipparam}, {"peer_address", &ExpectedSession::peer_address},
    {"ifname", &ExpectedSession::ifname},   {"netns", &ExpectedSession::netns},
};

struct ExpectedId {
  std::string_view key;
  std::optional<std::uint32_t> ExpectedSession::*field;
};
constexpr ExpectedId kExpectedIds[] = {
    {"tunnel_id", &ExpectedSession::tunnel_id},
    {"session_id", &ExpectedSession::session_id},
};

template <typename Enum>
std::string word_of(Enum value) {
  return std::string(words_of<Enum>()[static_cast<std::size_t>(value)]);
}

}  // namespace

Result<std::string> ListenAddress::parse(std::string_view scalar) const {
  if (scalar == "systemd") return std::string(scalar);
  const auto endpoint = parse_endpoint(scalar);
  if (!endpoint) return fail(in_quotes(scalar, kQuoteLimit), " is not an address with a port");
  if (port_of(endpoint->address) == 0)
    return fail(in_quotes(scalar, kQuoteLimit), " needs a port from 1 to 65535");
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
  if (scalar.ends_with('/')) {
    return fail(in_quotes(scalar, kQuoteLimit), " names a directory; a file is wanted");
  }
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
    return fail(in_quotes(scalar, kQuoteLimit), " is not a whole number");
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

Result<bool> Boolean::parse(std::string_view scalar) const {
  if (scalar == "true") return true;
  if (scalar == "false") return false;
  return fail(in_quotes(scalar, kQuoteLimit), " is not a boolean");
}

std::string Boolean::allowed() const {
  return "true or false";
}

Result<std::string> NetworkNamespace::parse(std::string_view scalar) const {
  if (scalar.empty()) return fail("the name is empty");
  if (scalar.find('/') != std::string_view::npos || scalar.find('\0') != std::string_view::npos) {
    return AbsolutePath().parse(scalar);
  }
  return std::string(scalar);
}

std::string NetworkNamespace::allowed() const {
  return "a name such as blue for /run/netns/blue, or an absolute path such as /proc/123/ns/net";
}

Result<void> ExpectedSessionRule::set(ExpectedSession& value, std::string_view key,
                                      std::string_view scalar) const {
  const auto field = std::find_if(std::begin(kExpectedTexts), std::end(kExpectedTexts),
                                  [&](const ExpectedText& each) { return each.key == key; });
  if (field != std::end(kExpectedTexts)) {
    if (scalar.empty()) return fail(key, ": is empty");
    value.*(field->field) = scalar;
    return {};
  }
  for (const ExpectedId& each : kExpectedIds) {
    if (each.key != key) continue;
    const auto id = CountBetween{1, UINT32_MAX}.parse(scalar);
    if (!id) return id.error().within(key);
    value.*(each.field) = *id;
    return {};
  }
  std::vector<std::string> known;
  for (const ExpectedText& each : kExpectedTexts) known.emplace_back(each.key);
  for (const ExpectedId& each : kExpectedIds) known.emplace_back(each.key);
  const auto guess = nearest(key, known);
  return fail("unknown key ", in_quotes(key, kQuoteLimit),
              guess ? concat("; did you mean ", in_quotes(*guess), "?") : "");
}

Result<void> ExpectedSessionRule::check(const ExpectedSession& value) const {
  if (value.name.empty()) return fail("name is missing");
  ExpectedSession only_named;
  only_named.name = value.name;
  only_named.netns = value.netns;
  if (value == only_named) {
    return fail(in_quotes(value.name, kQuoteLimit), " gives nothing to match a session by");
  }
  std::array<unsigned char, 16> ignored{};
  const bool is_address = inet_pton(AF_INET, value.peer_address.c_str(), ignored.data()) == 1 ||
                          inet_pton(AF_INET6, value.peer_address.c_str(), ignored.data()) == 1;
  if (!value.peer_address.empty() && !is_address) {
    return fail("peer_address: ", in_quotes(value.peer_address, kQuoteLimit),
                " is not an IP address");
  }
  return {};
}

std::string ExpectedSessionRule::allowed() const {
  return "a mapping such as {name: office, user: jo}, with name, at least one of user, ipparam, "
         "peer_address, ifname, tunnel_id and session_id, and optionally netns; a session has to "
         "match all of them";
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
std::string to_text(bool value) {
  return value ? "true" : "false";
}

std::string to_text(const ExpectedSession& session) {
  std::string out;
  const auto add = [&](std::string_view key, const std::string& value) {
    out += concat(out.empty() ? "" : ", ", key, ": ", value);
  };
  for (const ExpectedText& each : kExpectedTexts) {
    if (!(session.*each.field).empty()) add(each.key, to_text(session.*each.field));
  }
  for (const ExpectedId& each : kExpectedIds) {
    if (session.*each.field) add(each.key, to_text(*(session.*each.field)));
  }
  return concat('{', out, '}');
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
  // Written without quotes if YAML reads it back unchanged; [ and : would start a flow list or a
  // mapping.
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-").find(c) != std::string_view::npos;
  });
  return is_plain && !text.empty() ? text : in_quotes(text);
}

}  // namespace pppol2tp::config
