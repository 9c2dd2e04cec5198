#include "agent/config/web_config.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace pppol2tp::config {
namespace {

using namespace std::chrono_literals;

constexpr char kServer[] = "tls_server_config:\n  cert_file: a.crt\n  key_file: /k/a.key\n";
const std::string kHash = "$2y$10$abcdefghijklmnopqrstuuQxSjvXXzI/rwsDhknzmtO8/2WK1cC7C";

std::string error_of(const std::string& text) {
  const auto config = parse_web(text, "/etc/web.yml");
  return config ? "no error" : config.error().message;
}

WebConfig parsed(const std::string& text) {
  const auto config = parse_web(text, "/etc/web.yml");
  EXPECT_TRUE(config) << config.error().message;
  return config ? *config : WebConfig();
}

TEST(WebConfig, IsPlainHttpForEverybodyWhenTheFileSaysNothing) {
  const WebConfig config = parsed("");
  EXPECT_FALSE(config.tls.is_enabled());
  EXPECT_TRUE(config.users.empty());
  EXPECT_EQ(config.rate_limit.interval, 0ms);
}

TEST(WebConfig, FindsRelativePathsFromItsOwnDirectory) {
  const WebConfig config = parsed(kServer);
  EXPECT_EQ(config.tls.cert_file, "/etc/a.crt");
  EXPECT_EQ(config.tls.key_file, "/k/a.key");
}

TEST(WebConfig, HasTheDefaultsOfTheFormat) {
  const TlsConfig tls = parsed(kServer).tls;
  EXPECT_EQ(tls.client_auth, ClientAuth::NoClientCert);
  EXPECT_EQ(tls.min_version, TlsVersion::TLS12);
  EXPECT_EQ(tls.max_version, TlsVersion::TLS13);
  EXPECT_TRUE(tls.prefer_server_cipher_suites);
}

TEST(WebConfig, TakesEveryKey) {
  const WebConfig config = parsed(std::string(kServer) +
                                  "  client_ca_file: ca.crt\n"
                                  "  client_auth_type: RequireAndVerifyClientCert\n"
                                  "  client_allowed_sans: [a.example, 192.0.2.1]\n"
                                  "  min_version: TLS13\n"
                                  "  max_version: TLS13\n"
                                  "  cipher_suites: [TLS_AES_128_GCM_SHA256]\n"
                                  "  prefer_server_cipher_suites: false\n"
                                  "  curve_preferences: [X25519, CurveP256]\n"
                                  "http_server_config:\n"
                                  "  http2: false\n"
                                  "  headers:\n"
                                  "    Content-Security-Policy: default-src 'self'\n"
                                  "    X-Frame-Options: sameorigin\n"
                                  "    X-Content-Type-Options: nosniff\n"
                                  "    X-XSS-Protection: '0'\n"
                                  "    Strict-Transport-Security: max-age=1\n"
                                  "basic_auth_users:\n"
                                  "  a: " +
                                  kHash +
                                  "\n"
                                  "rate_limit:\n"
                                  "  interval: 1s\n"
                                  "  burst: 20\n");
  EXPECT_EQ(config.tls.client_ca_file, "/etc/ca.crt");
  EXPECT_EQ(config.tls.client_auth, ClientAuth::RequireAndVerifyClientCert);
  EXPECT_EQ(config.tls.client_allowed_sans, (std::vector<std::string>{"a.example", "192.0.2.1"}));
  EXPECT_EQ(config.tls.min_version, TlsVersion::TLS13);
  EXPECT_EQ(config.tls.cipher_suites, std::vector{CipherSuite::TLS_AES_128_GCM_SHA256});
  EXPECT_FALSE(config.tls.prefer_server_cipher_suites);
  EXPECT_EQ(config.tls.curve_preferences, (std::vector{Curve::X25519, Curve::CurveP256}));
  EXPECT_EQ(config.headers.content_security_policy, "default-src 'self'");
  EXPECT_EQ(config.headers.x_frame_options, "sameorigin");
  EXPECT_EQ(config.headers.x_content_type_options, "nosniff");
  EXPECT_EQ(config.headers.x_xss_protection, "0");
  EXPECT_EQ(config.headers.strict_transport_security, "max-age=1");
  EXPECT_EQ(config.users.at("a"), kHash);
  EXPECT_EQ(config.rate_limit.interval, 1s);
  EXPECT_EQ(config.rate_limit.burst, 20U);
}

struct BadWeb {
  const char* what;
  std::string text;
  const char* message;  // its start
};

class BadWebConfig : public testing::TestWithParam<BadWeb> {};

TEST_P(BadWebConfig, GetsOneLineThatNamesFileLineAndKey) {
  const std::string message = error_of(GetParam().text);
  EXPECT_TRUE(message.starts_with(GetParam().message)) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

const std::string kIn = kServer;

const BadWeb kBad[] = {
    {"UnknownKey", "basic_auth_user:\n  a: b\n",
     "/etc/web.yml:1: unknown key \"basic_auth_user\"; did you mean \"basic_auth_users\"?"},
    {"Http2", "http_server_config:\n  http2: true\n",
     "/etc/web.yml:2: http_server_config.http2: HTTP/2 is refused: civetweb speaks HTTP/1.1 only; "
     "allowed: false"},
    {"OldTls", kIn + "  min_version: TLS10\n",
     "/etc/web.yml:4: tls_server_config.min_version: \"TLS10\" is refused: OpenSSL"},
    {"VersionsCrossed", kIn + "  min_version: TLS13\n  max_version: TLS12\n",
     "/etc/web.yml: tls_server_config: min_version is above max_version"},
    {"CertTwice",
     kIn + "  cert: |\n    -----BEGIN CERTIFICATE-----\n    -----END CERTIFICATE-----\n",
     "/etc/web.yml: tls_server_config: cert and cert_file are both given; allowed: one"},
    {"CertIsNoPem", "tls_server_config:\n  cert: x\n",
     "/etc/web.yml:2: tls_server_config.cert: the text has no PEM block of this kind"},
    {"NoKey", "tls_server_config:\n  cert_file: a\n",
     "/etc/web.yml: tls_server_config: neither key nor key_file is given"},
    {"NoCert", "tls_server_config:\n  key_file: a\n",
     "/etc/web.yml: tls_server_config: neither cert nor cert_file is given"},
    {"ClientsWithoutCert", "tls_server_config:\n  client_auth_type: RequireAnyClientCert\n",
     "/etc/web.yml: tls_server_config: neither cert nor cert_file is given"},
    {"CaWithoutPolicy", kIn + "  client_ca_file: ca\n",
     "/etc/web.yml: tls_server_config: client_ca or client_ca_file without client_auth_type"},
    {"PolicyWithoutCa", kIn + "  client_auth_type: VerifyClientCertIfGiven\n",
     "/etc/web.yml: tls_server_config: client_auth_type VerifyClientCertIfGiven needs client_ca"},
    {"SansWithoutPolicy", kIn + "  client_allowed_sans: [a]\n",
     "/etc/web.yml: tls_server_config: client_allowed_sans needs client_auth_type"},
    {"HeaderWithAnotherLine",
     "http_server_config:\n  headers:\n    X-XSS-Protection: \"a\\r\\nSet-Cookie: b\"\n",
     "/etc/web.yml:3: http_server_config.headers.X-XSS-Protection: "},
    {"HeaderThatIsNotOurs", "http_server_config:\n  headers:\n    Server: x\n",
     "/etc/web.yml:3: unknown key \"http_server_config.headers.Server\""},
    {"RateLimitThatRefusesEverybody", "rate_limit:\n  interval: 1s\n",
     "/etc/web.yml: rate_limit: interval without burst, so every request would be refused"},
    {"UsersAreAList", "basic_auth_users: [a]\n",
     "/etc/web.yml:1: basic_auth_users: expected a mapping, found a list"},
    {"UserTwice", "basic_auth_users:\n  a: " + kHash + "\n  a: " + kHash + "\n",
     "/etc/web.yml:3: basic_auth_users: \"a\" is given twice"},
    {"UserWithoutAHash", "basic_auth_users:\n  a:\n\n",
     "/etc/web.yml:2: basic_auth_users: \"a\": expected a single value, found nothing"},
    {"CostIsTooHigh", "basic_auth_users:\n  a: $2b$31$" + kHash.substr(7) + "\n",
     "/etc/web.yml:2: basic_auth_users: \"a\": the bcrypt cost 31 is out of range"},
};

INSTANTIATE_TEST_SUITE_P(Each, BadWebConfig, testing::ValuesIn(kBad),
                         [](const auto& each) { return std::string(each.param.what); });

TEST(WebConfig, NeverShowsWhatMayBeAPassword) {
  for (const std::string& secret :
       {std::string("secret-word"), "$1$" + kHash.substr(3), kHash + "x",
        "$2b$1x$" + kHash.substr(7), kHash.substr(0, 59) + "!"}) {
    const std::string message = error_of("basic_auth_users:\n  a: '" + secret + "'\n");
    EXPECT_TRUE(
        message.starts_with("/etc/web.yml:2: basic_auth_users: \"a\": the value is not a bcrypt"))
        << message;
    EXPECT_EQ(message.find(secret), std::string::npos);
  }
}

TEST(WebConfig, IsDescribedByTheFileInTheTree) {
  const std::string now = web_config_markdown();
  EXPECT_EQ(test::expected_file("agent/WEB_CONFIG.md", now), now)
      << "run the test again with PPPOL2TP_UPDATE=1";
}

}  // namespace
}  // namespace pppol2tp::config
