#include "agent/pages/landing_page.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <tuple>
#include <vector>

#include "agent/base/concat.h"
#include "agent/metrics/facts.h"
#include "agent/metrics/label_text.h"

namespace pppol2tp::pages {
namespace {

using metrics::text;
using model::Session;

constexpr std::string_view kHead =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>PPPoL2TP agent</title>\n<style>\n"
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;"
    "color:#1f2430;background:#fff}\n"
    "h1{font-size:1.4rem;margin:0}\np{margin:.3rem 0 1rem}\n"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
    "th,td{text-align:left;padding:.3rem .7rem .3rem 0;border-bottom:1px solid #e3e6ec;"
    "white-space:nowrap}\n"
    "th{font-weight:600;color:#5a6275}\ntd.n{text-align:right}\n"
    ".up{color:#137a3c}.down{color:#b3261e}.busy{color:#8a6100}\n"
    ".tiles{display:flex;flex-wrap:wrap;gap:1rem 2.5rem;margin:1rem 0}.tiles b{display:block;"
    "font-size:1.5rem}\n.wide{overflow-x:auto}\n"
    "@media(prefers-color-scheme:dark){body{color:#dfe3ec;background:#16181d}"
    "th,td{border-color:#2d323d}th{color:#9aa3b5}.up{color:#5fd08a}.down{color:#ff8a80}"
    ".busy{color:#e6b450}a{color:#8ab4ff}}\n"
    "</style>\n</head>\n<body>\n<h1>PPPoL2TP agent</h1>\n";

void append_escaped(std::string& out, std::string_view raw) {
  for (const char c : raw) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    }
  }
}

void append_cell(std::string& out, std::string_view content, std::string_view kind = {}) {
  out += kind.empty() ? "<td>" : concat("<td class=\"", kind, "\">");
  append_escaped(out, content);
  out += "</td>";
}

void append_tile(std::string& out, std::string_view what, std::uint64_t number) {
  out += concat("<span><b>", number, "</b>", what, "</span>\n");
}

// "2031-05-06 07:08:09", UTC.
std::string time_of_day(std::uint64_t boottime_ns, std::int64_t realtime_offset_ns) {
  if (boottime_ns == 0) return {};
  const auto seconds = static_cast<std::time_t>(
      (static_cast<std::int64_t>(boottime_ns) + realtime_offset_ns) / 1'000'000'000);
  std::tm broken_down{};
  gmtime_r(&seconds, &broken_down);
  std::array<char, 32> buffer;
  return {buffer.data(), std::strftime(buffer.data(), buffer.size(), "%F %T", &broken_down)};
}

void append_row(std::string& out, const Session& s, std::int64_t realtime_offset_ns) {
  const auto& state = s.state;
  out += "<tr>";
  append_cell(out, concat(state.identity.tunnel_id, "/", state.identity.session_id));
  append_cell(out, s.netns_name.data());
  if (s.has_ended()) {
    append_cell(out, concat("ended: ", ring::to_text(state.end.cause)), "down");
  } else {
    append_cell(out, s.is_up() ? "up" : ring::to_text(state.phase.current),
                s.is_up() ? "up" : "busy");
  }
  append_cell(out, metrics::to_text(state.opened.role));
  append_cell(out, text(state.identity.ifname));
  append_cell(out, text(state.authentication.peer_name));
  append_cell(out, metrics::address(state.opened.peer_family, state.opened.peer_address));
  append_cell(out,
              metrics::network_address(ring::Family::ipv4, state.ipv4, state.ipv4.local_address));
  append_cell(out,
              metrics::network_address(ring::Family::ipv4, state.ipv4, state.ipv4.remote_address));
  append_cell(out, time_of_day(state.opened.opened_ns, realtime_offset_ns));
  append_cell(out, concat(state.counters.receive_bytes), "n");
  append_cell(out, concat(state.counters.transmit_bytes), "n");
  out += "</tr>\n";
}

// Those that have not ended first, then by their ids.
std::vector<const Session*> in_order(const model::Snapshot& snapshot) {
  std::vector<const Session*> sessions;
  snapshot.sessions.for_each([&](const Session& session) { sessions.push_back(&session); });
  std::sort(sessions.begin(), sessions.end(), [](const Session* a, const Session* b) {
    return std::tuple(a->has_ended(), a->ids()) < std::tuple(b->has_ended(), b->ids());
  });
  return sessions;
}

}  // namespace

std::string landing_page(const model::Snapshot& snapshot, std::string_view version) {
  const metrics::HostFacts host = metrics::host_facts(snapshot);
  const auto sessions = in_order(snapshot);
  std::string out{kHead};
  out += concat("<p>version ", version,
                " · <a href=\"/metrics\">/metrics</a> · <a href=\"/-/healthy\">/-/healthy</a> · "
                "<a href=\"/-/ready\">/-/ready</a></p>\n<div class=\"tiles\">\n");
  append_tile(out, "sessions up", host.sessions_up);
  append_tile(out, "being set up or torn down",
              sessions.size() - host.sessions_departed - host.sessions_up);
  append_tile(out, "ended lately", host.sessions_departed);
  append_tile(out, "tunnels", host.tunnels);
  out += "</div>\n";
  if (sessions.empty()) {
    out +=
        "<p>No session has been reported. Is the plugin loaded by pppd, and does the ring's "
        "directory exist?</p>\n";
  } else {
    out +=
        "<div class=\"wide\"><table>\n<thead><tr><th>tunnel/session</th><th>netns</th>"
        "<th>state</th><th>role</th><th>interface</th><th>user</th><th>peer</th><th>local IPv4</th>"
        "<th>remote IPv4</th><th>since (UTC)</th><th>received</th><th>sent "
        "(bytes)</th></tr></thead>"
        "\n<tbody>\n";
    const std::size_t rows = std::min(sessions.size(), kMaxRows);
    for (std::size_t i = 0; i < rows; ++i) {
      append_row(out, *sessions[i], snapshot.realtime_offset_ns);
    }
    out += "</tbody>\n</table></div>\n";
    if (rows < sessions.size()) {
      out += concat("<p>", sessions.size() - rows, " more are in /metrics.</p>\n");
    }
  }
  out += "</body>\n</html>\n";
  return out;
}

}  // namespace pppol2tp::pages
