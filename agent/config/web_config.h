// The web configuration: TLS, users and headers of the HTTP server, in the format that Prometheus'
// exporters share (exporter-toolkit). Its keys, their limits and their meaning are in
// web_options.def.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/result.h"

namespace pppol2tp::config {

// Names from Go's crypto/tls and the file format. RequireClientCert is an old name for
// RequireAnyClientCert.
#define PPPOL2TP_CLIENT_AUTH_TYPES(X) \
  X(NoClientCert)                     \
  X(RequestClientCert)                \
  X(RequireClientCert)                \
  X(RequireAnyClientCert)             \
  X(VerifyClientCertIfGiven)          \
  X(RequireAndVerifyClientCert)

enum class ClientAuth : std::uint8_t {
#define X(name) name,
  PPPOL2TP_CLIENT_AUTH_TYPES(X)
#undef X
};

enum class TlsVersion : std::uint8_t { TLS12, TLS13 };

// The ones that Go's crypto/tls considers secure (tls.CipherSuites), by their IANA names.
#define PPPOL2TP_CIPHER_SUITES(X)                \
  X(TLS_AES_128_GCM_SHA256)                      \
  X(TLS_AES_256_GCM_SHA384)                      \
  X(TLS_CHACHA20_POLY1305_SHA256)                \
  X(TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA)        \
  X(TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA)        \
  X(TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA)          \
  X(TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA)          \
  X(TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)     \
  X(TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384)     \
  X(TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)       \
  X(TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)       \
  X(TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256) \
  X(TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256)

enum class CipherSuite : std::uint8_t {
#define X(name) name,
  PPPOL2TP_CIPHER_SUITES(X)
#undef X
};

std::string_view to_text(CipherSuite suite);

enum class Curve : std::uint8_t { CurveP256, CurveP384, CurveP521, X25519 };

// Certificates and keys are PEM text or the path of a PEM file; give at most one of each pair.
struct TlsConfig {
  std::string cert;
  std::string cert_file;
  std::string key;
  std::string key_file;
  std::string client_ca;
  std::string client_ca_file;
  ClientAuth client_auth = ClientAuth::NoClientCert;
  std::vector<std::string> client_allowed_sans;
  TlsVersion min_version = TlsVersion::TLS12;
  TlsVersion max_version = TlsVersion::TLS13;
  std::vector<CipherSuite> cipher_suites;  // empty: OpenSSL's own
  bool prefer_server_cipher_suites = true;
  std::vector<Curve> curve_preferences;  // empty: OpenSSL's own

  bool is_enabled() const { return !cert.empty() || !cert_file.empty(); }
};

// Empty: not sent, or the server's own default.
struct HeaderConfig {
  std::string content_security_policy;
  std::string x_frame_options;
  std::string x_content_type_options;
  std::string x_xss_protection;
  std::string strict_transport_security;
};

// A token bucket that holds `burst` requests and gets one per `interval`; 0: no limit.
struct RateLimit {
  std::chrono::milliseconds interval{0};
  std::uint32_t burst = 0;
};

struct WebConfig {
  TlsConfig tls;
  HeaderConfig headers;
  bool http2 = false;                        // can only be false
  std::map<std::string, std::string> users;  // name to bcrypt hash; empty: no login
  RateLimit rate_limit;
};

// Reads a web configuration file; relative paths in it start at its directory. An error is one line
// with the file and, if known, the line and key; it says what is allowed there. It never shows a
// password, a hash or a key.
Result<WebConfig> load_web(const std::string& path);

// The same for text in memory; errors name `name` as the file.
Result<WebConfig> parse_web(const std::string& text, const std::string& name);

// The text of WEB_CONFIG.md.
std::string web_config_markdown();

}  // namespace pppol2tp::config
