// The options of the agent with their defaults, and the file from which they are read. The file's
// keys, their limits and their meaning are in options.def.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/log.h"
#include "agent/base/result.h"
#include "agent/metrics/selection.h"

namespace pppol2tp::config {

// Labels that can be put on every sample of a session, besides its ids.
#define PPPOL2TP_SESSION_LABELS(X) X(ifname) X(user) X(peer_address) X(ipparam) X(role)

enum class SessionLabel : std::uint8_t {
#define X(name) name,
  PPPOL2TP_SESSION_LABELS(X)
#undef X
};

// A session that should always be up. A session matches if it has all the values given here.
struct ExpectedSession {
  std::string name;
  std::string user;
  std::string ipparam;
  std::string peer_address;
  std::string ifname;
  std::string netns;
  std::optional<std::uint32_t> tunnel_id;
  std::optional<std::uint32_t> session_id;

  bool operator==(const ExpectedSession&) const = default;
};

struct HttpConfig {
  std::uint32_t threads = 160;
  std::chrono::milliseconds request_timeout = std::chrono::seconds(5);

  bool operator==(const HttpConfig&) const = default;
};

struct MetricsConfig {
  metrics::Detail detail = metrics::Detail::everything;
  std::vector<std::string> disabled;  // words for metrics::parse_families()

  bool operator==(const MetricsConfig&) const = default;
};

// What max_sessions and max_tunnels allow.
inline constexpr std::uint32_t kMostSessions = 10'000'000;
inline constexpr std::uint32_t kMostTunnels = 10'000'000;

struct Config {
  std::vector<std::string> listen{"127.0.0.1:11701"};
  std::string web_config_file;  // empty: none
  std::string ring = "/run/pppol2tp/ring";
  std::string state_file = "/run/pppol2tp-agent/state";
  std::chrono::milliseconds checkpoint_interval = std::chrono::seconds(5);
  std::chrono::milliseconds retention = std::chrono::minutes(15);
  std::uint32_t max_sessions = 200'000;
  std::uint32_t max_tunnels = 20'000;
  std::vector<ExpectedSession> expected_sessions;
  bool ask_kernel = true;
  std::vector<std::string> network_namespaces;
  std::vector<SessionLabel> session_labels;
  MetricsConfig metrics;
  log::Level log_level = log::Level::info;
  HttpConfig http;

  bool operator==(const Config&) const = default;
};

// Reads a configuration file. An error is one line with the file and, if known, the line and key;
// it says what is allowed there.
Result<Config> load(const std::string& path);

// The same for text in memory; errors name `name` as the file.
Result<Config> parse(const std::string& text, std::string_view name);

}  // namespace pppol2tp::config
