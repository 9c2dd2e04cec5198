// Takes the whole state out of the model and puts it back: snapshots and checkpoints.
#include <algorithm>

#include "agent/model/model.h"

namespace pppol2tp::model {

Snapshot Model::snapshot(std::uint64_t now_ns, std::int64_t realtime_offset_ns) {
  return {sessions_.snapshot(), tunnels_.snapshot(), totals_, limits_, expected_, now_ns,
          realtime_offset_ns};
}

std::vector<std::uint32_t> Model::known_generations() const {
  std::vector<std::uint32_t> known = known_generations_;
  for (std::size_t slot = 0; slot < known.size(); ++slot) {
    if (left_out_[slot] != 0 && left_out_[slot] == known[slot]) --known[slot];
  }
  return known;
}

void Model::restore(const Memory& memory) {
  ring_epoch_ = memory.ring_epoch;
  known_generations_ = memory.known_generations;
  left_out_.assign(known_generations_.size(), 0);
  last_in_slot_.assign(known_generations_.size(), 0);
  totals_ = memory.totals;
  for (const Tunnel& known : memory.tunnels) {
    if (by_tunnel_ids_.contains(known.ids)) continue;  // a damaged checkpoint
    const std::uint32_t index = tunnels_.add();
    Tunnel& tunnel = tunnels_.edit(index) = known;
    tunnel.sessions = 0;
    tunnel.living_sessions = 0;
    tunnel.kernel = KernelView::unknown;  // it may have gone meanwhile
    by_tunnel_ids_[tunnel.ids] = index;
  }
  for (const Session& known : memory.sessions) {
    // A checkpoint has a tunnel for each of its sessions. If the limit was lowered since, it
    // applies only to new tunnels.
    const auto tunnel = by_tunnel_ids_.find({known.ids().netns, known.ids().tunnel_id});
    if (tunnel == by_tunnel_ids_.end() || by_ids_.contains(known.ids())) continue;
    const std::uint32_t index = sessions_.add();
    Session& session = sessions_.edit(index) = known;
    by_ids_[session.ids()] = index;
    if (session.has_slot && session.slot < last_in_slot_.size()) {
      last_in_slot_[session.slot] = index;
    }
    session.tunnel = tunnel->second;
    ++tunnels_.edit(session.tunnel).sessions;
    if (session.has_ended()) {
      const std::uint64_t ended_ns = session.state.end.ended_ns;
      departed_.push_back({ended_ns, ended_ns, index, session.ids()});
    } else {
      ++tunnels_.edit(session.tunnel).living_sessions;
    }
  }
  std::sort(departed_.begin(), departed_.end(),
            [](const Departed& a, const Departed& b) { return a.since_ns < b.since_ns; });
  tunnels_.for_each([this](std::uint32_t index, const Tunnel& tunnel) {
    if (tunnel.sessions == 0) empty_tunnels_.push_back({tunnel.empty_since_ns, index, tunnel.ids});
  });
  std::sort(empty_tunnels_.begin(), empty_tunnels_.end(),
            [](const EmptyTunnel& a, const EmptyTunnel& b) { return a.since_ns < b.since_ns; });
}

}  // namespace pppol2tp::model
