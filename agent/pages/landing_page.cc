#include "agent/pages/landing_page.h"

#include <cstdint>
#include <numeric>
#include <utility>

#include "agent/base/concat.h"
#include "agent/pages/html.h"
#include "agent/pages/session_tables.h"

namespace pppol2tp::pages {
namespace {

constexpr std::string_view kHead =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>PPPoL2TP agent</title>\n<link rel=\"stylesheet\" href=\"style.css\">\n"
    "</head>\n<body>\n<h1>PPPoL2TP agent</h1>\n"
    "<p>Prometheus exporter for PPP over L2TP sessions</p>\n";

constexpr std::string_view kLinks =
    "<ul>\n<li><a href=\"metrics\">Metrics</a></li>\n"
    "<li><a href=\"-/healthy\">Health</a></li>\n<li><a href=\"-/ready\">Readiness</a></li>\n"
    "</ul>\n";

void append_tile(std::string& out, std::string_view id, std::string_view what,
                 std::uint64_t number) {
  out += concat("<span><b id=\"", id, "\">", number, "</b>", what, "</span>\n");
}

void append_trouble(std::string& out, std::string_view what) {
  out += "<p class=\"down\">";
  append_escaped(out, what);
  out += "</p>\n";
}

// Problems that an operator would otherwise have to find in the agent's own metrics.
void append_troubles(std::string& out, const metrics::AgentFacts& agent) {
  if (!agent.ring.attached) {
    append_trouble(out,
                   "There is no ring to read: no pppd with the plugin has run since this host was "
                   "started, the plugin and the agent do not name the same file, or the agent may "
                   "not read it. Run pppol2tpctl "
                   "check on this host to find out.");
  }
  for (const metrics::CollectorFacts& collector : agent.collectors) {
    if (collector.success) continue;
    append_trouble(out,
                   concat("The collector ", collector.name, " fails. The agent's log says why."));
  }
  if (!agent.checkpoint_success) {
    append_trouble(out, "The state file cannot be written. The agent's log says why.");
  }
  if (!agent.config_success) {
    append_trouble(out,
                   "The last reload was refused; the configuration before it is in force. The "
                   "agent's log says why.");
  }
}

}  // namespace

std::string landing_page(model::Snapshot snapshot, const metrics::AgentFacts& agent) {
  // A parameter may live until the end of the caller's expression, which sends the page.
  const model::Snapshot shown = std::move(snapshot);
  const metrics::HostFacts host = metrics::host_facts(shown, metrics::Tallies().of(shown));
  const auto& by_phase = host.sessions_by_phase;
  const auto living = std::accumulate(by_phase.begin(), by_phase.end(), std::uint64_t{0});
  std::string out{kHead};
  out += concat("<p>Version ", agent.version, "</p>\n", kLinks);
  append_troubles(out, agent);
  out += "<div class=\"tiles\">\n";
  append_tile(out, "up", "sessions up", host.sessions_up);
  append_tile(out, "on-the-way", "being set up or torn down", living - host.sessions_up);
  append_tile(out, "ended", "ended lately", host.sessions_departed);
  append_tile(out, "tunnels", "tunnels", host.tunnels);
  out += "</div>\n";
  if (living + host.sessions_departed == 0) {
    out +=
        "<p>No session has been reported. Run <code>pppol2tpctl check</code> on this host to find "
        "out whether something is missing.</p>\n";
  }
  out += "<div class=\"columns\">\n";
  append_phases(out, host);
  append_causes(out, host);
  out += "</div>\n";
  append_latest_ends(out, shown);
  append_living(out, shown);
  out += "</body>\n</html>\n";
  return out;
}

}  // namespace pppol2tp::pages
