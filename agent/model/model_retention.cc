// How long what has ended is kept: for the retention time, or until its place is needed.
#include <algorithm>

#include "agent/model/model.h"

namespace pppol2tp::model {
namespace {

// So many sessions that the kernel still has are passed over at a time, to find one that it has
// not. There are few of them, and the next search goes on behind them.
constexpr int kMostPassedOver = 16;

}  // namespace

void Model::expire(std::uint64_t now_ns) {
  const auto is_over = [&](std::uint64_t since_ns) {
    return now_ns >= since_ns + limits_.retention_ns;
  };
  for (std::size_t most = departed_.size(); most > 0; --most) {
    const Departed first = departed_.front();
    // An end in the future, which only a garbled record can name, must not hold up the rest.
    const bool is_in_future = first.since_ns > now_ns;
    if (!is_in_future && !is_over(first.since_ns)) break;
    departed_.pop_front();
    if (!is_current(first)) continue;
    const bool is_in_kernel =  // not gone yet, whichever process holds it
        sessions_.at(first.index).kernel == KernelView::present;
    if (is_in_future || is_in_kernel) {
      departed_.push_back({now_ns, first.ended_ns, first.index, first.ids});
    } else {
      remove_session(first.index, now_ns);
    }
  }
  for (std::size_t most = empty_tunnels_.size(); most > 0; --most) {
    const EmptyTunnel first = empty_tunnels_.front();
    const bool is_in_future = first.since_ns > now_ns;  // likewise
    if (!is_in_future && !is_over(first.since_ns)) break;
    empty_tunnels_.pop_front();
    const Tunnel& tunnel = tunnels_.at(first.index);
    if (tunnel.ids != first.ids || tunnel.sessions != 0 || tunnel.kernel == KernelView::present ||
        tunnel.empty_since_ns != first.since_ns) {
      continue;
    }
    if (is_in_future) {
      note_empty_tunnel(first.index, now_ns);
    } else {
      by_tunnel_ids_.erase(first.ids);
      tunnels_.remove(first.index);
    }
  }
}

bool Model::is_current(const Departed& departed) const {
  if (!sessions_.has(departed.index)) return false;
  const Session& session = sessions_.at(departed.index);
  return session.has_ended() && session.ids() == departed.ids &&
         session.state.end.ended_ns == departed.ended_ns;
}

bool Model::has_room() {
  if (sessions_.size() < limits_.sessions) return true;
  // Where a lowered limit is exceeded, giving up one would make no room.
  return sessions_.size() == limits_.sessions && bring_up_oldest_departed();
}

// Makes the first of departed_ one that may be given up; false: there is none. What the kernel
// still has may not: it would come back as a session without the plugin.
bool Model::bring_up_oldest_departed() {
  for (int passed_over = 0; !departed_.empty() && passed_over < kMostPassedOver;) {
    Departed first = departed_.front();
    const bool is_there = is_current(first);
    if (is_there && sessions_.at(first.index).kernel != KernelView::present) return true;
    departed_.pop_front();
    if (!is_there) continue;
    if (!departed_.empty()) first.since_ns = departed_.back().since_ns;  // keeps the order
    departed_.push_back(first);
    ++passed_over;
  }
  return false;
}

// Call this after has_room() has said so, with as many sessions as the limit allows.
void Model::give_up_oldest_departed(std::uint64_t now_ns) {
  const std::uint32_t index = departed_.front().index;
  departed_.pop_front();
  remove_session(index, now_ns);
  ++totals_.sessions_given_up;
}

void Model::leave_tunnel(std::uint32_t index, std::uint64_t now_ns) {
  if (--tunnels_.edit(index).sessions == 0) note_empty_tunnel(index, now_ns);
}

// The retention time counts from now or, while the kernel still has the tunnel, from the tunnel's
// end.
void Model::note_empty_tunnel(std::uint32_t index, std::uint64_t now_ns) {
  Tunnel& tunnel = tunnels_.edit(index);
  tunnel.empty_since_ns = now_ns;
  empty_tunnels_.push_back({now_ns, index, tunnel.ids});
}

}  // namespace pppol2tp::model
