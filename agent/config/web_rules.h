// Rules for the values of the web configuration; see rules.h for what a rule is.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "agent/config/rules.h"
#include "agent/config/web_config.h"

namespace pppol2tp::config {

// Printable text on a single line.
struct PlainText {
  using Value = std::string;
  Result<std::string> parse(std::string_view scalar) const;
  std::string allowed() const;
};

struct FilePath {
  using Value = std::string;
  Result<std::string> parse(std::string_view scalar) const;
  std::string allowed() const;
};

// PEM blocks whose label ends with a given word. Errors do not show the text: it may be a key.
struct PemText {
  using Value = std::string;
  Result<std::string> parse(std::string_view scalar) const;
  std::string allowed() const;

  std::string_view label;
};

// A bcrypt hash as crypt(5) accepts it. Errors do not show the text: it may be a password.
struct BcryptHash {
  using Value = std::string;
  Result<std::string> parse(std::string_view scalar) const;
  std::string allowed() const;
};

struct SupportedTlsVersion {
  using Value = TlsVersion;
  Result<TlsVersion> parse(std::string_view scalar) const;
  std::string allowed() const;
};

struct OnlyFalse {
  using Value = bool;
  Result<bool> parse(std::string_view scalar) const;
  std::string allowed() const;
};

struct OneOfTexts {
  using Value = std::string;
  Result<std::string> parse(std::string_view scalar) const;
  std::string allowed() const;

  std::string_view first;
  std::string_view second = {};
};

// A mapping with names that the user chooses, each with a value.
template <typename ItemRule>
struct MapOf {
  using Value = std::map<std::string, typename ItemRule::Value>;
  std::string allowed() const { return concat("names, each with ", ItemRule().allowed()); }
};

}  // namespace pppol2tp::config
