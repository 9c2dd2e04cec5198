// How the kernel's answers change the model.
#include <unordered_set>

#include "agent/model/model.h"

namespace pppol2tp::model {
namespace {

KernelView view_of(bool is_there) {
  return is_there ? KernelView::present : KernelView::absent;
}

// Whether the session has ended and has left the kernel (without a plugin, that is the same event):
// if the kernel has a session with its ids, it is another one.
bool has_left(const Session& session) {
  return session.has_ended() && (session.is_without_plugin || session.kernel == KernelView::absent);
}

}  // namespace

void Model::set_kernel(Session& session, KernelView view, std::uint64_t asked_ns) {
  if (session.kernel == view) return;
  session.kernel = view;
  session.kernel_since_ns = asked_ns;
}

bool Model::hear_session(const SessionIds& ids, const std::optional<KernelSession>& fact,
                         std::uint64_t asked_ns) {
  const auto found = by_ids_.find(ids);
  if (found == by_ids_.end()) return false;
  const std::uint32_t index = found->second;
  const Session& known = sessions_.at(index);
  if (asked_ns < known.state.opened.opened_ns) return true;  // about an earlier session
  if (asked_ns < known.kernel_since_ns) return true;         // a newer answer is known
  if (fact && has_left(known)) return false;
  const KernelView view = view_of(fact.has_value());
  // Compared before it is edited: an edit copies a page that a snapshot refers to.
  if (known.kernel != view) set_kernel(sessions_.edit(index), view, asked_ns);
  if (!sessions_.at(index).is_without_plugin || sessions_.at(index).has_ended()) return true;
  if (!fact) {
    end_unannounced(index, ring::Cause::lost, asked_ns);
    return true;
  }
  Session& session = sessions_.edit(index);
  const ring::CountersSection before = session.state.counters;
  session.state.counters = fact->counters;
  session.state.counters.read_ns = asked_ns;
  account_traffic(session, before);
  return true;
}

bool Model::add_without_plugin(const SessionIds& ids, const KernelSession& fact,
                               std::uint64_t now_ns) {
  ring::SessionIdentity identity{};
  identity.netns = ids.netns;
  identity.tunnel_id = ids.tunnel_id;
  identity.session_id = ids.session_id;
  identity.peer_tunnel_id = fact.peer_tunnel_id;
  identity.peer_session_id = fact.peer_session_id;
  if (const auto before = by_ids_.find(ids); before != by_ids_.end()) {
    supersede(before->second, now_ns);
  }
  const auto index = start(ids, identity, now_ns);
  if (!index) return false;
  sessions_.edit(*index).is_without_plugin = true;
  hear_session(ids, fact, now_ns);
  return true;
}

const Tunnel* Model::find(const TunnelIds& ids) const {
  const auto found = by_tunnel_ids_.find(ids);
  return found == by_tunnel_ids_.end() ? nullptr : &tunnels_.at(found->second);
}

bool Model::hear_tunnel(const TunnelIds& ids, const std::optional<KernelTunnel>& fact,
                        std::uint64_t asked_ns) {
  const auto known = by_tunnel_ids_.find(ids);
  if (!fact && known == by_tunnel_ids_.end()) return false;
  const auto index = fact ? find_or_add_tunnel(ids) : known->second;
  if (!index) return false;
  Tunnel& tunnel = tunnels_.edit(*index);
  const bool was_there = tunnel.kernel == KernelView::present;
  tunnel.kernel = view_of(fact.has_value());
  if (fact) {
    tunnel.peer_tunnel_id = fact->peer_tunnel_id;
    tunnel.peer_family = fact->peer_family;
    tunnel.peer_port = fact->peer_port;
    tunnel.peer_address = fact->peer_address;
    tunnel.receive_cookie_discards = fact->receive_cookie_discards;
    tunnel.receive_invalid = fact->receive_invalid;
  } else {
    tunnel.ethernet_sessions = 0;
    if (was_there && tunnel.sessions == 0) note_empty_tunnel(*index, asked_ns);
  }
  return true;
}

void Model::lose_sessions_of(const std::vector<TunnelIds>& tunnels, std::uint64_t asked_ns) {
  std::unordered_set<std::uint32_t> gone;
  for (const TunnelIds& ids : tunnels) {
    if (const auto found = by_tunnel_ids_.find(ids); found != by_tunnel_ids_.end()) {
      gone.insert(found->second);
    }
  }
  if (gone.empty()) return;
  std::vector<SessionIds> lost;
  sessions_.for_each([&](std::uint32_t, const Session& session) {
    if (session.kernel != KernelView::absent && gone.contains(session.tunnel)) {
      lost.push_back(session.ids());
    }
  });
  for (const SessionIds& ids : lost) hear_session(ids, std::nullopt, asked_ns);
}

void Model::set_ethernet_sessions(const std::unordered_map<TunnelIds, std::uint32_t>& counts) {
  for (const auto& [ids, index] : by_tunnel_ids_) {
    const auto found = counts.find(ids);
    const std::uint32_t number = found == counts.end() ? 0 : found->second;
    if (tunnels_.at(index).ethernet_sessions != number) {
      tunnels_.edit(index).ethernet_sessions = number;
    }
  }
}

void Model::forget_kernel(std::uint64_t netns, std::uint64_t now_ns) {
  std::vector<std::uint32_t> sessions;
  sessions_.for_each([&](std::uint32_t index, const Session& session) {
    if (session.ids().netns == netns && session.kernel != KernelView::unknown) {
      sessions.push_back(index);
    }
  });
  for (const std::uint32_t index : sessions) {
    set_kernel(sessions_.edit(index), KernelView::unknown, now_ns);
  }
  for (const auto& [ids, index] : by_tunnel_ids_) {
    if (ids.netns != netns || tunnels_.at(index).kernel == KernelView::unknown) continue;
    Tunnel& tunnel = tunnels_.edit(index);
    const bool waits_for_its_end = tunnel.kernel == KernelView::present && tunnel.sessions == 0;
    tunnel.kernel = KernelView::unknown;
    if (waits_for_its_end) note_empty_tunnel(index, now_ns);
  }
}

}  // namespace pppol2tp::model
