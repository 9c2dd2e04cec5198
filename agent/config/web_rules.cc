#include "agent/config/web_rules.h"

#include <linux/limits.h>

#include <algorithm>
#include <charconv>

#include "agent/base/quote.h"

namespace pppol2tp::config {
namespace {

constexpr std::array<std::string_view, 6> kClientAuthWords = {
#define X(name) #name,
    PPPOL2TP_CLIENT_AUTH_TYPES(X)
#undef X
};

constexpr std::array<std::string_view, 13> kCipherSuiteWords = {
#define X(name) #name,
    PPPOL2TP_CIPHER_SUITES(X)
#undef X
};

constexpr std::array<std::string_view, 4> kCurveWords = {"CurveP256", "CurveP384", "CurveP521",
                                                         "X25519"};
constexpr std::array<std::string_view, 2> kVersionWords = {"TLS12", "TLS13"};

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

bool is_bcrypt_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '/';
}

// Each step doubles bcrypt's time; cost 18 takes some 20 s.
constexpr int kLeastCost = 4;
constexpr int kMostCost = 18;

// "$2y$10$" and 53 digits: 22 of salt, 31 of hash.
constexpr std::size_t kPrefixLength = 7;
constexpr std::size_t kHashLength = 60;

}  // namespace

template <>
std::span<const std::string_view> words_of<ClientAuth>() {
  return kClientAuthWords;
}
template <>
std::span<const std::string_view> words_of<CipherSuite>() {
  return kCipherSuiteWords;
}
template <>
std::span<const std::string_view> words_of<Curve>() {
  return kCurveWords;
}
template <>
std::span<const std::string_view> words_of<TlsVersion>() {
  return kVersionWords;
}

std::string_view to_text(CipherSuite suite) {
  return kCipherSuiteWords[static_cast<std::size_t>(suite)];
}

Result<std::string> PlainText::parse(std::string_view scalar) const {
  if (!std::all_of(scalar.begin(), scalar.end(), is_printable)) {
    return fail(in_quotes(scalar, kQuoteLimit), " is not printable ASCII");
  }
  return std::string(scalar);
}

std::string PlainText::allowed() const {
  return "printable ASCII";
}

Result<std::string> FilePath::parse(std::string_view scalar) const {
  if (scalar.size() >= PATH_MAX) return fail(in_quotes(scalar, kQuoteLimit), " is too long");
  if (scalar.find('\0') != std::string_view::npos) {
    return fail(in_quotes(scalar, kQuoteLimit), " contains a NUL byte");
  }
  return std::string(scalar);
}

std::string FilePath::allowed() const {
  return "a path, from the directory of this file unless it starts with /";
}

Result<std::string> PemText::parse(std::string_view scalar) const {
  if (scalar.empty()) return std::string();
  if (scalar.find("-----BEGIN ") == std::string_view::npos ||
      scalar.find(concat(label, "-----")) == std::string_view::npos) {
    return fail("the text has no PEM block of this kind");
  }
  return std::string(scalar);
}

std::string PemText::allowed() const {
  return concat("PEM text with -----BEGIN ... ", label, "-----");
}

Result<std::string> BcryptHash::parse(std::string_view scalar) const {
  const Error no_hash = fail("the value is not a bcrypt hash (it is not shown here)");
  if (scalar.size() != kHashLength || !scalar.starts_with("$2") || scalar[3] != '$' ||
      std::string_view("aby").find(scalar[2]) == std::string_view::npos || scalar[6] != '$' ||
      !std::all_of(scalar.begin() + kPrefixLength, scalar.end(), is_bcrypt_digit)) {
    return no_hash;
  }
  int cost = 0;
  const auto [end, error] = std::from_chars(scalar.data() + 4, scalar.data() + 6, cost);
  if (error != std::errc() || end != scalar.data() + 6) return no_hash;
  if (cost < kLeastCost || cost > kMostCost)
    return fail("the bcrypt cost ", cost, " is out of range");
  return std::string(scalar);
}

std::string BcryptHash::allowed() const {
  return concat("a bcrypt hash ($2a$, $2b$ or $2y$) of cost ", kLeastCost, " to ", kMostCost);
}

Result<TlsVersion> SupportedTlsVersion::parse(std::string_view scalar) const {
  if (scalar == "TLS10" || scalar == "TLS11") {
    return fail(in_quotes(scalar),
                " is refused: OpenSSL does not serve it at its default security "
                "level, and RFC 8996 forbids it");
  }
  return OneOf<TlsVersion>().parse(scalar);
}

std::string SupportedTlsVersion::allowed() const {
  return OneOf<TlsVersion>().allowed();
}

Result<bool> OnlyFalse::parse(std::string_view scalar) const {
  if (scalar == "true") return fail("HTTP/2 is refused: civetweb speaks HTTP/1.1 only");
  return Boolean().parse(scalar);
}

std::string OnlyFalse::allowed() const {
  return "false";
}

Result<std::string> OneOfTexts::parse(std::string_view scalar) const {
  if (scalar.empty() || scalar == first || scalar == second) return std::string(scalar);
  return fail(in_quotes(scalar, kQuoteLimit), " is not a known value");
}

std::string OneOfTexts::allowed() const {
  return concat(first, second.empty() ? "" : ", ", second);
}

}  // namespace pppol2tp::config
