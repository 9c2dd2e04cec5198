// The session model: what is true of every session, tunnel and the host, from what the witnesses
// say. Pure state: no I/O, no clock of its own, no logging. One thread owns it; others see
// snapshots.
//
// Witnesses and what they may do:
//   the ring's records      move a session on, one event at a time          apply()
//   the session table       replaces a state that the ring knows less of    reconcile()
//   liveness                ends a session whose process is gone            end_unannounced()
//   the kernel              says which tunnels and sessions exist           hear_tunnel(),
//   hear_session()
//
// Where plugin and kernel disagree, neither overrules the other: reconciliation.def says what it is
// called. A session of which only the kernel knows is one without a plugin; it is counted like any
// other, and becomes the plugin's own session should a plugin begin to speak for it.
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
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/model/cow_pages.h"
#include "agent/model/session.h"
#include "agent/model/snapshot.h"
#include "plugin/ring/events.h"
#include "plugin/ring/session_table.h"

namespace pppol2tp::model {

class Model {
 public:
  using NameNetns = std::function<NetnsName(std::uint64_t inode)>;

  explicit Model(Limits limits, NameNetns name_netns = {});

  void set_limits(Limits limits) { limits_ = limits; }
  bool has_room() const { return sessions_.size() < limits_.sessions; }

  // What snapshots are to be judged by.
  void set_expected(std::shared_ptr<const ExpectedSessions> expected) {
    expected_ = std::move(expected);
  }

  // To be called before the first record of a ring, and again when another file takes its place:
  // slots and generations are then counted anew.
  void begin_ring(std::uint64_t epoch, std::uint32_t session_slots);
  std::uint64_t ring_epoch() const { return ring_epoch_; }

  void apply(const ring::Record& record);
  void reconcile(std::uint32_t slot, const ring::SlotReading& reading,
                 const ring::SessionState& state);

  // Ends a session that can no longer speak for itself.
  void end_unannounced(std::uint32_t index, ring::Cause cause, std::uint64_t now_ns);

  // What the kernel says of a session or tunnel, nothing meaning that there is none; asked at
  // `asked_ns`. An answer of the time before a session began says nothing of it, and nothing is
  // changed by one that is older than the latest. These return whether the model holds such a
  // session or tunnel now; not if all it holds is an earlier user of the ids.
  bool hear_session(const SessionIds& ids, const std::optional<KernelSession>& fact,
                    std::uint64_t asked_ns);
  bool hear_tunnel(const TunnelIds& ids, const std::optional<KernelTunnel>& fact,
                   std::uint64_t asked_ns);

  // Takes in a session of which no plugin has spoken, in the place of an earlier user of its ids.
  // False: it is beyond the limits, and counted.
  bool add_without_plugin(const SessionIds& ids, const KernelSession& fact, std::uint64_t now_ns);

  // A kernel without these tunnels has none of their sessions either. One walk over all sessions.
  void lose_sessions_of(const std::vector<TunnelIds>& tunnels, std::uint64_t asked_ns);

  // How many sessions of each tunnel are not PPP. A tunnel that is not named has none.
  void set_ethernet_sessions(const std::unordered_map<TunnelIds, std::uint32_t>& counts);

  // Which interface a session has whose plugin does not say it.
  void name_interface(const SessionIds& ids, std::string_view name);

  // The addresses of all PPP interfaces that have any, as the kernel has them. They are a living
  // session's where its plugin has said nothing of that address family. One walk over all sessions.
  void set_addresses(const std::unordered_map<LinkIds, LinkAddresses>& by_link);

  // The kernel cannot be asked about this network namespace any more: what it said is out of date.
  void forget_kernel(std::uint64_t netns, std::uint64_t now_ns);

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

  // Visits the ids of up to `most` sessions, or tunnels, going on from `cursor` and around; every
  // one in turn, if none comes or goes. The visitor must not change the model.
  template <typename Visit>
  void visit_some_sessions(std::uint32_t& cursor, std::size_t most, Visit&& visit) const {
    sessions_.visit_some(cursor, most, [&](const Session& session) { visit(session.ids()); });
  }
  template <typename Visit>
  void visit_some_tunnels(std::uint32_t& cursor, std::size_t most, Visit&& visit) const {
    tunnels_.visit_some(cursor, most, [&](const Tunnel& tunnel) { visit(tunnel.ids); });
  }

  const Session& session(std::uint32_t index) const { return sessions_.at(index); }
  const Session* find(const SessionIds& ids) const;
  const Tunnel* find(const TunnelIds& ids) const;
  std::size_t session_count() const { return sessions_.size(); }
  std::size_t tunnel_count() const { return tunnels_.size(); }
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

  std::optional<std::uint32_t> find_by_slot(const Whose& whose) const;
  void take_slot(std::uint32_t index, const Whose& whose);
  std::optional<std::uint32_t> find_or_start(const Whose& whose, std::uint64_t time_ns);
  bool is_old_news(const Whose& whose) const;
  void adopt(std::uint32_t index, const Whose& whose);
  std::optional<std::uint32_t> start(const SessionIds& ids, const ring::SessionIdentity& identity);
  void note_generation(const Whose& whose);
  void supersede(std::uint32_t index, std::uint64_t time_ns);
  void remove_session(std::uint32_t index, std::uint64_t now_ns);

  void account_traffic(const Session& session, const ring::CountersSection& before);
  void account_progress(std::uint32_t index, const ring::SessionState& before);
  void account_end(std::uint32_t index);

  // Nothing: the tunnel is beyond the limit on tunnels.
  std::optional<std::uint32_t> find_or_add_tunnel(const TunnelIds& ids);
  void leave_tunnel(std::uint32_t index, std::uint64_t now_ns);
  void describe_tunnel(const Session& session);
  void note_empty_tunnel(std::uint32_t index, std::uint64_t now_ns);
  static void set_kernel(Session& session, KernelView view, std::uint64_t asked_ns);

  struct Departed {
    std::uint64_t since_ns;  // the retention time counts from here
    std::uint64_t ended_ns;
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
  // By slot, the session that was last known to have it: saves the hash table's far memory for each
  // record. To be checked, since sessions go without a word here.
  std::vector<std::uint32_t> last_in_slot_;
  CowPages<Session> sessions_;
  CowPages<Tunnel> tunnels_;
  std::unordered_map<SessionIds, std::uint32_t> by_ids_;
  std::unordered_map<TunnelIds, std::uint32_t> by_tunnel_ids_;
  std::deque<Departed> departed_;          // in the order of their end
  std::deque<EmptyTunnel> empty_tunnels_;  // in the order of their last session's going
  Totals totals_;
  std::shared_ptr<const ExpectedSessions> expected_;
};

}  // namespace pppol2tp::model
