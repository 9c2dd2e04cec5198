#include "agent/pages/session_tables.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "agent/base/concat.h"
#include "agent/metrics/label_text.h"
#include "agent/pages/html.h"

namespace pppol2tp::pages {
namespace {

using metrics::text;
using model::Session;
using model::Snapshot;

constexpr std::uint64_t kSecond = 1'000'000'000;

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

// "2d 3h", "3h 4m", "4m 5s", "5s"; empty if one of the two times is unknown.
std::string length_of(std::uint64_t begin_ns, std::uint64_t end_ns) {
  if (begin_ns == 0 || end_ns < begin_ns) return {};
  const std::uint64_t seconds = (end_ns - begin_ns) / kSecond;
  if (seconds < 60) return concat(seconds, 's');
  if (seconds < 3600) return concat(seconds / 60, "m ", seconds % 60, 's');
  if (seconds < 86400) return concat(seconds / 3600, "h ", seconds / 60 % 60, 'm');
  return concat(seconds / 86400, "d ", seconds / 3600 % 24, 'h');
}

// The first `limit` sessions for which `is_wanted`, in the order of `is_before`, and the number of
// all of them.
struct Selection {
  std::vector<const Session*> first;
  std::size_t all = 0;
};

template <typename Wanted, typename Before>
Selection select(const Snapshot& snapshot, std::size_t limit, Wanted is_wanted, Before is_before) {
  Selection selection;
  auto& sessions = selection.first;
  snapshot.sessions.for_each([&](const Session& session) {
    if (is_wanted(session)) sessions.push_back(&session);
  });
  selection.all = sessions.size();
  const std::size_t kept = std::min(limit, sessions.size());
  std::partial_sort(sessions.begin(), sessions.begin() + static_cast<std::ptrdiff_t>(kept),
                    sessions.end(), is_before);
  sessions.resize(kept);
  return selection;
}

void append_who(std::string& out, const Session& s) {
  append_cell(out, concat(s.state.identity.tunnel_id, "/", s.state.identity.session_id));
  append_cell(out, s.netns_name.data());
  append_cell(out, text(s.state.identity.ifname));
  append_cell(out, text(s.state.authentication.peer_name));
  append_cell(out, metrics::address(s.state.opened.peer_family, s.state.opened.peer_address));
}

// Of a session that only the kernel knows, the phase and the role are not known.
std::string_view state_of(const Session& s) {
  if (s.is_without_plugin) return "without plugin";
  return s.is_up() ? "up" : ring::to_text(s.state.phase.current);
}

void append_living_row(std::string& out, const Session& s, std::int64_t realtime_offset_ns) {
  const auto& state = s.state;
  out += "<tr>";
  append_cell(out, state_of(s), s.is_up() ? "up" : "busy");
  append_who(out, s);
  append_cell(out, s.is_without_plugin ? "" : metrics::to_text(state.opened.role));
  append_cell(out,
              metrics::network_address(ring::Family::ipv4, state.ipv4, state.ipv4.local_address));
  append_cell(out,
              metrics::network_address(ring::Family::ipv4, state.ipv4, state.ipv4.remote_address));
  append_cell(out, time_of_day(state.opened.opened_ns, realtime_offset_ns));
  append_cell(out, concat(state.counters.receive_bytes), "n");
  append_cell(out, concat(state.counters.transmit_bytes), "n");
  out += "</tr>\n";
}

void append_ended_row(std::string& out, const Session& s, std::int64_t realtime_offset_ns) {
  const auto& state = s.state;
  out += "<tr>";
  append_cell(out, time_of_day(state.end.ended_ns, realtime_offset_ns));
  append_cell(out, ring::to_text(state.end.cause), "down");
  append_who(out, s);
  append_cell(out, ring::to_text(state.end.reached));
  append_cell(out, length_of(state.opened.opened_ns, state.end.ended_ns));
  append_cell(out, text(state.end.peer_text));
  out += "</tr>\n";
}

void append_count(std::string& out, std::string_view what, std::uint64_t count) {
  out += "<tr>";
  append_cell(out, what);
  append_cell(out, concat(count), "n");
  out += "</tr>\n";
}

template <typename Counts>
bool is_empty(const Counts& counts) {
  return std::all_of(counts.begin(), counts.end(), [](std::uint64_t count) { return count == 0; });
}

}  // namespace

void append_phases(std::string& out, const metrics::HostFacts& host) {
  if (is_empty(host.sessions_by_phase)) return;
  begin_table(out, "phases", "Current sessions by phase", {"phase", "sessions"});
  for (std::size_t i = 0; i < host.sessions_by_phase.size(); ++i) {
    if (host.sessions_by_phase[i] == 0) continue;
    append_count(out, ring::to_text(static_cast<ring::Phase>(i)), host.sessions_by_phase[i]);
  }
  end_table(out);
}

void append_causes(std::string& out, const metrics::HostFacts& host) {
  if (is_empty(host.totals.ends)) return;
  begin_table(out, "causes", "Ends by cause, since the ring was made", {"cause", "ends"});
  for (std::size_t i = 0; i < ring::kCauseCount; ++i) {
    if (host.totals.ends[i] == 0) continue;
    append_count(out, ring::to_text(static_cast<ring::Cause>(i)), host.totals.ends[i]);
  }
  end_table(out);
}

void append_latest_ends(std::string& out, const Snapshot& snapshot) {
  const auto ended = select(
      snapshot, kMaxEnds, [](const Session& s) { return s.has_ended(); },
      [](const Session* a, const Session* b) {
        return a->state.end.ended_ns != b->state.end.ended_ns
                   ? a->state.end.ended_ns > b->state.end.ended_ns
                   : a->ids() < b->ids();
      });
  if (ended.all == 0) return;
  begin_table(out, "ends", "Latest ends",
              {"when (UTC)", "cause", "tunnel/session", "netns", "interface", "user", "peer",
               "phase reached", "lasted", "the peer said"});
  for (const Session* session : ended.first) {
    append_ended_row(out, *session, snapshot.realtime_offset_ns);
  }
  end_table(out);
}

void append_living(std::string& out, const Snapshot& snapshot) {
  const auto living = select(
      snapshot, kMaxRows, [](const Session& s) { return !s.has_ended(); },
      [](const Session* a, const Session* b) { return a->ids() < b->ids(); });
  if (living.all == 0) return;
  begin_table(out, "sessions", "Current sessions",
              {"state", "tunnel/session", "netns", "interface", "user", "peer", "role",
               "local IPv4", "remote IPv4", "since (UTC)", "received (bytes)", "sent (bytes)"});
  for (const Session* session : living.first) {
    append_living_row(out, *session, snapshot.realtime_offset_ns);
  }
  end_table(out);
  if (living.first.size() < living.all) {
    out += concat("<p>", living.all - living.first.size(), " more are in /metrics.</p>\n");
  }
}

}  // namespace pppol2tp::pages
