#include "agent/config/web_config.h"

#include "agent/base/file.h"
#include "agent/config/web_rules.h"
#include "agent/config/yaml_reader.h"

namespace pppol2tp::config {
namespace {

using namespace std::chrono_literals;

template <typename Item>
Result<void> read(const YAML::Node& node, const MapOf<Item>&, typename MapOf<Item>::Value& field,
                  YAML::Mark& culprit) {
  culprit = node.Mark();
  if (!node.IsMap()) return fail("expected a mapping, found ", kind_of(node));
  field.clear();
  for (const auto& entry : node) {
    culprit = entry.first.Mark();
    if (!entry.first.IsScalar()) return fail("a name must be a word, found ", kind_of(entry.first));
    const std::string& name = entry.first.Scalar();
    typename Item::Value value{};
    auto done = config::read(entry.second, Item(), value, culprit);
    if (!done) return done.error().within(in_quotes(name, kQuoteLimit));
    if (!field.emplace(name, std::move(value)).second) {
      return fail(in_quotes(name, kQuoteLimit), " is given twice");
    }
  }
  return {};
}

struct WebOption {
  std::string_view key;
  std::string_view help;
};

constexpr WebOption kOptions[] = {
#define WEB_OPTION(key, field, rule, help) {key, help},
#include "agent/config/web_options.def"
#undef WEB_OPTION
};

constexpr Row<WebConfig> kRows[] = {
#define WEB_OPTION(key, field, rule, help)                              \
  {key,                                                                 \
   [](const YAML::Node& node, WebConfig& config, YAML::Mark& culprit) { \
     return read(node, rule, config.field, culprit);                    \
   },                                                                   \
   [] { return (rule).allowed(); }},
#include "agent/config/web_options.def"
#undef WEB_OPTION
};

// Resolves a path relative to the directory of the file that names it.
void resolve(std::string& path, const std::string& named_in) {
  if (path.empty() || path.starts_with('/')) return;
  const std::size_t slash = named_in.rfind('/');
  if (slash != std::string::npos) path = named_in.substr(0, slash + 1) + path;
}

Result<void> expect_one_of(const std::string& text, const std::string& file,
                           std::string_view name) {
  if (text.empty() || file.empty()) return {};
  return fail("tls_server_config: ", name, " and ", name, "_file are both given; allowed: one");
}

bool is_required(ClientAuth auth) {
  return auth == ClientAuth::RequireClientCert || auth == ClientAuth::RequireAnyClientCert ||
         auth == ClientAuth::RequireAndVerifyClientCert;
}

bool is_verified(ClientAuth auth) {
  return auth == ClientAuth::VerifyClientCertIfGiven ||
         auth == ClientAuth::RequireAndVerifyClientCert;
}

Result<void> check_clients(const TlsConfig& tls) {
  const bool has_ca = !tls.client_ca.empty() || !tls.client_ca_file.empty();
  if (has_ca && tls.client_auth == ClientAuth::NoClientCert) {
    return fail(
        "tls_server_config: client_ca or client_ca_file without client_auth_type, so no "
        "client would be asked for a certificate");
  }
  if (!has_ca && is_verified(tls.client_auth)) {
    return fail("tls_server_config: client_auth_type ",
                words_of<ClientAuth>()[static_cast<std::size_t>(tls.client_auth)],
                " needs client_ca or client_ca_file");
  }
  if (!tls.client_allowed_sans.empty() && !is_required(tls.client_auth)) {
    return fail(
        "tls_server_config: client_allowed_sans needs client_auth_type RequireAnyClientCert "
        "or RequireAndVerifyClientCert");
  }
  return {};
}

// Checks that concern more than one key.
Result<void> check(const TlsConfig& tls) {
  if (auto one = expect_one_of(tls.cert, tls.cert_file, "cert"); !one) return one;
  if (auto one = expect_one_of(tls.key, tls.key_file, "key"); !one) return one;
  if (auto one = expect_one_of(tls.client_ca, tls.client_ca_file, "client_ca"); !one) return one;
  const bool has_key = !tls.key.empty() || !tls.key_file.empty();
  const bool asks_clients = tls.client_auth != ClientAuth::NoClientCert || !tls.client_ca.empty() ||
                            !tls.client_ca_file.empty();
  if (!tls.is_enabled() && (has_key || asks_clients)) {
    return fail("tls_server_config: neither cert nor cert_file is given");
  }
  if (tls.is_enabled() && !has_key) {
    return fail("tls_server_config: neither key nor key_file is given");
  }
  if (tls.min_version > tls.max_version) {
    return fail("tls_server_config: min_version is above max_version");
  }
  return check_clients(tls);
}

constexpr std::string_view kMarkdownHead =
    R"(<!-- Printed by pppol2tp-agent --print-web-config-docs from agent/config/web_options.def. Do not edit. -->
# Web configuration of pppol2tp-agent

TLS, users and headers for HTTP, in the file format that Prometheus' exporters share (exporter-toolkit). The option
`web_config_file` of the agent's configuration names the file. A file made for another exporter works here, with the
exceptions in the table below.

The file is read at the start and at each reload (SIGHUP, `POST /-/reload`), together with the certificates and keys that
it names, and is accepted as a whole or not at all: a bad file is reported with line and key, and the configuration stays
as it was. A reload applies to connections made after it. Switching TLS on or off needs a restart. `--check-config` checks
this file too.

| Key | Allowed | Meaning |
|---|---|---|
)";

}  // namespace

Result<WebConfig> parse_web(const std::string& text, const std::string& name) {
  auto config = read_yaml<WebConfig>(text, name, kRows);
  if (!config) return config;
  TlsConfig& tls = config->tls;
  for (std::string* path : {&tls.cert_file, &tls.key_file, &tls.client_ca_file})
    resolve(*path, name);
  if (const auto checked = check(tls); !checked) return checked.error().within(name);
  // exporter-toolkit accepts it, and then answers every request with 429.
  if (config->rate_limit.interval.count() != 0 && config->rate_limit.burst == 0) {
    return fail(name,
                ": rate_limit: interval without burst, so every request would be refused; "
                "allowed: a burst of at least 1");
  }
  return config;
}

Result<WebConfig> load_web(const std::string& path) {
  const auto text = read_file(path, kMaxFileBytes);
  if (!text) return text.error().within("web_config_file");
  return parse_web(*text, path);
}

std::string web_config_markdown() {
  std::string out(kMarkdownHead);
  for (std::size_t i = 0; i < std::size(kOptions); ++i) {
    out +=
        concat("| `", kOptions[i].key, "` | ", kRows[i].allowed(), " | ", kOptions[i].help, " |\n");
  }
  return out;
}

}  // namespace pppol2tp::config
