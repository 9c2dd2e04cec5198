#include "agent/config_meaning.h"

#include <chrono>

namespace pppol2tp {

model::Limits limits_of(const config::Config& config) {
  return {config.max_sessions,
          static_cast<std::uint64_t>(std::chrono::nanoseconds(config.retention).count()),
          config.max_tunnels};
}

std::shared_ptr<const model::ExpectedSessions> expected_of(const config::Config& config) {
  std::vector<model::ExpectedSession> expected;
  for (const config::ExpectedSession& each : config.expected_sessions) {
    expected.push_back({each.name, each.user, each.ipparam, each.peer_address, each.ifname,
                        each.netns, each.tunnel_id, each.session_id});
  }
  return std::make_shared<const model::ExpectedSessions>(std::move(expected));
}

std::vector<std::string> names_of(const std::vector<config::SessionLabel>& labels) {
  std::vector<std::string> names;
  for (const config::SessionLabel label : labels) {
    switch (label) {
#define X(name)                    \
  case config::SessionLabel::name: \
    names.emplace_back(#name);     \
    break;
      PPPOL2TP_SESSION_LABELS(X)
#undef X
    }
  }
  return names;
}

metrics::FamilySet families_of(const config::MetricsConfig& config) {
  metrics::FamilySet families = metrics::families_of(config.detail);
  for (const std::string& word : config.disabled) {
    // The configuration's parser has checked each word.
    if (const auto disabled = metrics::parse_families(word)) families &= ~*disabled;
  }
  return families;
}

}  // namespace pppol2tp
