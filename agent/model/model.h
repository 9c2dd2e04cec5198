// The session model: what is true of every session, tunnel and the host, from what the witnesses
// say. Pure state: no I/O, no clock of its own, no logging. One thread owns it; others see
// snapshots.
//
// Witnesses and what they may do:
//   the ring's records      move a session on, one event at a time          apply()
//   the session table       replaces a state that the ring knows less of    reconcile()
//   liveness                ends a session whose process is gone            end_unannounced()
//
// Counting is exact: a session's start and its end are each counted once, whatever order and
// however often the witnesses tell of them. Records carry a number within their session, and the
// table's slots a generation; what is not above the number known is old news. A generation that was
// skipped is a session that came and went unseen: it counts as one start and one end with cause
// `lost`.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "agent/model/cow_pages.h"
#include "agent/model/session.h"
#include "agent/model/snapshot.h"
#include "plugin/ring/events.h"
#include "plugin/ring/session_table.h"

namespace pppol2tp::model {

struct Limits {
  std::size_t sessions = 200'000;
  std::uint64_t retention_ns = 900'000'000'000;  // how long an ended session stays
};

class Model {
 public:
  using NameNetns = std::function<NetnsName(std::uint64_t inode)>;

  explicit Model(Limits limits, NameNetns name_netns = {});

  void set_limits(Limits limits) { limits_ = limits; }

  // To be called before the first record of a ring, and again when another file takes its place:
  // slots and generations are then counted anew.
  void begin_ring(std::uint64_t epoch, std::uint32_t session_slots);
  std::uint64_t ring_epoch() const { return ring_epoch_; }

  void apply(const ring::Record& record);
  void reconcile(std::uint32_t slot, const ring::SlotReading& reading,
                 const ring::SessionState& state);

  // Ends a session that can no longer speak for itself.
  void end_unannounced(std::uint32_t index, ring::Cause cause, std::uint64_t now_ns);

  void note_process(std::uint32_t index, ProcessView view) { sessions_.edit(index).process = view; }

  // Lets go of sessions and tunnels that ended longer ago than the retention time.
  void expire(std::uint64_t now_ns);

  // Visits (index, session). The visitor must not change the model.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    sessions_.for_each(visit);
  }

  // The same for sessions that have not ended.
  template <typename Visit>
  void for_each_living(Visit&& visit) const {
    sessions_.for_each([&](std::uint32_t index, const Session& session) {
      if (!session.has_ended()) visit(index, session);
    });
  }

  const Session& session(std::uint32_t index) const { return sessions_.at(index); }
  const Session* find(const SessionIds& ids) const;
  std::size_t session_count() const { return sessions_.size(); }
  const Totals& totals() const { return totals_; }
  const std::vector<std::uint32_t>& known_generations() const { return known_generations_; }

  Snapshot snapshot(std::uint64_t now_ns, std::int64_t realtime_offset_ns);

  // What a checkpoint brought back. To be called on an empty model.
  struct Memory {
    std::uint64_t ring_epoch = 0;
    std::vector<std::uint32_t> known_generations;
    Totals totals;
    std::vector<Session> sessions;
    std::vector<Tunnel> tunnels;
  };
  void restore(const Memory& memory);

 private:
  struct Whose {
    const ring::SessionIdentity& identity;
    bool has_slot;
    std::uint32_t slot;
    std::uint32_t generation;
  };

  std::optional<std::uint32_t> find_or_start(const Whose& whose, std::uint64_t time_ns);
  bool is_old_news(const Whose& whose) const;
  void note_generation(const Whose& whose);
  void supersede(std::uint32_t index, std::uint64_t time_ns);
  void remove_session(std::uint32_t index, std::uint64_t now_ns);

  void account_traffic(const Session& session, const ring::CountersSection& before);
  void account_progress(std::uint32_t index, const ring::SessionState& before);
  void account_end(std::uint32_t index);

  std::uint32_t enter_tunnel(const TunnelIds& ids);
  void leave_tunnel(std::uint32_t index, std::uint64_t now_ns);
  void describe_tunnel(const Session& session);

  struct Departed {
    std::uint64_t since_ns;
    std::uint32_t index;
    SessionIds ids;
  };
  struct EmptyTunnel {
    std::uint64_t since_ns;
    std::uint32_t index;
    TunnelIds ids;
  };

  Limits limits_;
  NameNetns name_netns_;
  std::uint64_t ring_epoch_ = 0;
  std::vector<std::uint32_t> known_generations_;  // by slot of the session table
  CowPages<Session> sessions_;
  CowPages<Tunnel> tunnels_;
  std::unordered_map<SessionIds, std::uint32_t> by_ids_;
  std::unordered_map<TunnelIds, std::uint32_t> by_tunnel_ids_;
  std::deque<Departed> departed_;          // in the order of their end
  std::deque<EmptyTunnel> empty_tunnels_;  // in the order of their last session's going
  Totals totals_;
};

}  // namespace pppol2tp::model
