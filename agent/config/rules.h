// Which values an option accepts. A rule parses one scalar of the file into a value, or says what
// is wrong with it, and can describe what it allows:
//   using Value = ..;
//   Result<Value> parse(std::string_view scalar) const;   the error quotes the scalar
//   std::string allowed() const;                          continues "allowed: "
//
// Pure text; knows nothing of YAML.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/quote.h"
#include "agent/base/result.h"
#include "agent/config/config.h"
#include "agent/config/duration.h"

namespace pppol2tp::config {

struct ListenAddress {
  using Value = std::string;
  Result<std::string> parse(std::string_view scalar) const;
  std::string allowed() const;
};

// An absolute path, or empty if the file is optional.
struct AbsolutePathOrNothing {
  using Value = std::string;
  Result<std::string> parse(std::string_view scalar) const;
  std::string allowed() const;
};

struct AbsolutePath {
  using Value = std::string;
  Result<std::string> parse(std::string_view scalar) const;
  std::string allowed() const;
};

struct DurationBetween {
  using Value = std::chrono::milliseconds;
  Result<std::chrono::milliseconds> parse(std::string_view scalar) const;
  std::string allowed() const;

  std::chrono::milliseconds least;
  std::chrono::milliseconds most;
};

struct CountBetween {
  using Value = std::uint32_t;
  Result<std::uint32_t> parse(std::string_view scalar) const;
  std::string allowed() const;

  std::uint32_t least;
  std::uint32_t most;
};

// Metrics, as metrics::parse_families() accepts them.
struct FamilyWord {
  using Value = std::string;
  Result<std::string> parse(std::string_view scalar) const;
  std::string allowed() const;
};

struct Boolean {
  using Value = bool;
  Result<bool> parse(std::string_view scalar) const;
  std::string allowed() const;
};

struct NetworkNamespace {
  using Value = std::string;
  Result<std::string> parse(std::string_view scalar) const;
  std::string allowed() const;
};

// A mapping: its keys are set one by one, then checked together.
struct ExpectedSessionRule {
  using Value = ExpectedSession;
  Result<void> set(ExpectedSession& value, std::string_view key, std::string_view scalar) const;
  Result<void> check(const ExpectedSession& value) const;
  std::string allowed() const;
};

// The allowed words, in the order of the enumerators, which count from 0.
template <typename Enum>
std::span<const std::string_view> words_of();

// One of a fixed set of words.
template <typename Enum>
struct OneOf {
  using Value = Enum;

  Result<Enum> parse(std::string_view scalar) const {
    const auto words = words_of<Enum>();
    const auto found = std::find(words.begin(), words.end(), scalar);
    if (found == words.end()) return fail(in_quotes(scalar, kQuoteLimit), " is not a known value");
    return static_cast<Enum>(found - words.begin());
  }

  std::string allowed() const {
    std::string out;
    for (const auto word : words_of<Enum>()) out += concat(out.empty() ? "" : ", ", word);
    return out;
  }
};

// A list without repetitions.
template <typename ItemRule>
struct ListOf {
  using Value = std::vector<typename ItemRule::Value>;
  using Item = ItemRule;
  std::string allowed() const {
    return concat("a list of ",
                  least_items > 0 ? "at least one of: " : "any of: ", Item().allowed());
  }

  std::size_t least_items;
};

template <typename Rule>
inline constexpr bool kIsList = false;
template <typename ItemRule>
inline constexpr bool kIsList<ListOf<ItemRule>> = true;

// Whether two items exclude each other in one list.
template <typename Item>
bool is_repetition(const Item& a, const Item& b) {
  return a == b;
}
inline bool is_repetition(const ExpectedSession& a, const ExpectedSession& b) {
  return a.name == b.name;
}

// A value on one line, as in the file.
std::string to_text(std::uint32_t count);
std::string to_text(bool value);
std::string to_text(const ExpectedSession& session);
std::string to_text(const std::string& text);
std::string to_text(log::Level level);
std::string to_text(SessionLabel label);
std::string to_text(metrics::Detail detail);

template <typename Item>
std::string to_text(const std::vector<Item>& items) {
  std::string out;
  for (const Item& item : items) out += concat(out.empty() ? "" : ", ", to_text(item));
  return concat('[', out, ']');
}

}  // namespace pppol2tp::config
