// The session model: the state of every session, every tunnel and the host, from what the sources
// report. Pure state: no I/O, no clock of its own, no logging. One thread owns it; others see
// snapshots.
//
// Sources and what they may do:
//   the ring's records      change a session, one event at a time           apply()
//   the session table       replaces a state that is behind the table       reconcile()
//   liveness                ends a session whose process is gone            end_unannounced()
//   the kernel              says which tunnels and sessions exist           hear_tunnel(),
//                                                                           hear_session()
//
// If plugin and kernel disagree, neither overrules the other: reconciliation.def has the verdicts.
// A session that only the kernel knows is one without a plugin. It is counted like any other, and
// becomes the plugin's session if a plugin begins to report it.
//
// Counting is exact: each session's start and end is counted once, in whatever order and however
// often the sources report it. Records carry a sequence number within their session, and the
// table's slots have a generation; what is not above the known number is old. A generation that was
// skipped is a session that started and ended unseen: it counts as one start, and one end with
// cause `lost`.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
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
  // Whether one more session can be taken in, if need be in place of the one that ended first.
  bool has_room();

  // The expectations that later snapshots are judged by.
  void set_expected(std::shared_ptr<const ExpectedSessions> expected) {
    expected_ = std::move(expected);
  }

  // Call before the first record of a ring, and again when another file replaces it: slots and
  // generations then start anew.
  void begin_ring(std::uint64_t epoch, std::uint32_t session_slots);
  std::uint64_t ring_epoch() const { return ring_epoch_; }

  void apply(const ring::Record& record);
  void reconcile(std::uint32_t slot, const ring::SlotReading& reading,
                 const ring::SessionState& state);

  // Slots of the session table whose sessions were taken in late, because the limits had left them
  // out: reconcile() each, for their earlier records were not applied. Gives each once.
  std::vector<std::uint32_t> take_late_slots() { return std::exchange(late_slots_, {}); }

  // Ends a session that cannot report its end any more.
  void end_unannounced(std::uint32_t index, ring::Cause cause, std::uint64_t now_ns);

  // The kernel's answer about a session or tunnel to a question asked at `asked_ns`; nullopt: it
  // has none. An answer from before the session's start, or older than the latest one, changes
  // nothing. Returns whether the model has this session or tunnel now; false if it has only an
  // earlier one with the same ids.
  bool hear_session(const SessionIds& ids, const std::optional<KernelSession>& fact,
                    std::uint64_t asked_ns);
  bool hear_tunnel(const TunnelIds& ids, const std::optional<KernelTunnel>& fact,
                   std::uint64_t asked_ns);

  // Adds a session that no plugin has reported; it replaces an earlier one with the same ids.
  // False: the limits left it out, which is counted.
  bool add_without_plugin(const SessionIds& ids, const KernelSession& fact, std::uint64_t now_ns);

  // The kernel has lost these tunnels, and so all their sessions. Walks all sessions once.
  void lose_sessions_of(const std::vector<TunnelIds>& tunnels, std::uint64_t asked_ns);

  // How many sessions of each tunnel are not PPP; 0 for tunnels that are not in `counts`.
  void set_ethernet_sessions(const std::unordered_map<TunnelIds, std::uint32_t>& counts);

  // Sets the interface of a session whose plugin does not report it.
  void name_interface(const SessionIds& ids, std::string_view name);

  // The addresses of all PPP interfaces that have any, from the kernel. A living session gets those
  // of an address family that its plugin has not reported. Walks all sessions once.
  void set_addresses(const std::unordered_map<LinkIds, LinkAddresses>& by_link);
  // Grows when that is to be done again although no interface has changed: a session's interface
  // got its name, maybe that of one which is there already (a multilink bundle's), or a session's
  // state was replaced.
  std::uint64_t address_occasions() const { return address_occasions_; }

  // The kernel cannot be asked about this network namespace any more: its answers are out of date.
  void forget_kernel(std::uint64_t netns, std::uint64_t now_ns);

  void note_process(std::uint32_t index, ProcessView view) { sessions_.edit(index).process = view; }

  // Removes sessions and tunnels that ended longer ago than the retention time.
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

  // Visits the ids of up to `most` sessions or tunnels, from `cursor` on and around; repeated calls
  // visit each in turn, if none is added or removed. The visitor must not change the model.
  template <typename Visit>
  void visit_some_sessions(std::uint32_t& cursor, std::size_t most, Visit&& visit) const {
    sessions_.visit_some(cursor, most, [&](const Session& session) { visit(session.ids()); });
  }
  template <typename Visit>
  void visit_some_tunnels(std::uint32_t& cursor, std::size_t most, Visit&& visit) const {
    tunnels_.visit_some(cursor, most, [&](const Tunnel& tunnel) { visit(tunnel.ids); });
  }

  bool has(std::uint32_t index) const { return sessions_.has(index); }
  const Session& session(std::uint32_t index) const { return sessions_.at(index); }
  const Session* find(const SessionIds& ids) const;
  const Tunnel* find(const TunnelIds& ids) const;
  std::size_t session_count() const { return sessions_.size(); }
  std::size_t tunnel_count() const { return tunnels_.size(); }
  const Totals& totals() const { return totals_; }
  // Without the sessions that are left out, so that a model restored from it tries them again.
  std::vector<std::uint32_t> known_generations() const;

  Snapshot snapshot(std::uint64_t now_ns, std::int64_t realtime_offset_ns);

  // Restores a checkpoint's contents. Call on an empty model.
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

  struct Departed {
    std::uint64_t since_ns;  // the retention time counts from here
    std::uint64_t ended_ns;
    std::uint32_t index;
    SessionIds ids;
  };

  std::optional<std::uint32_t> find_by_slot(const Whose& whose) const;
  void take_slot(std::uint32_t index, const Whose& whose);
  std::optional<std::uint32_t> find_or_start(const Whose& whose, std::uint64_t time_ns);
  bool is_old_news(const Whose& whose) const;
  bool is_left_out(const Whose& whose) const;
  bool is_late(const Whose& whose) const;
  bool has_room_for(const SessionIds& ids);
  void adopt(std::uint32_t index, const Whose& whose);
  std::optional<std::uint32_t> start(const SessionIds& ids, const ring::SessionIdentity& identity,
                                     std::uint64_t now_ns);
  void note_generation(const Whose& whose);
  void supersede(std::uint32_t index, std::uint64_t time_ns);
  void remove_session(std::uint32_t index, std::uint64_t now_ns);
  // Whether this session is still there; one with its ids may have taken its place.
  bool is_current(const Departed& departed) const;
  bool bring_up_oldest_departed();
  void give_up_oldest_departed(std::uint64_t now_ns);

  void account_traffic(const Session& session, const ring::CountersSection& before);
  void account_progress(std::uint32_t index, const ring::SessionState& before);
  void account_end(std::uint32_t index);

  // nullopt: the limit on tunnels is reached.
  std::optional<std::uint32_t> find_or_add_tunnel(const TunnelIds& ids);
  void leave_tunnel(std::uint32_t index, std::uint64_t now_ns);
  void describe_tunnel(const Session& session);
  void note_empty_tunnel(std::uint32_t index, std::uint64_t now_ns);
  static void set_kernel(Session& session, KernelView view, std::uint64_t asked_ns);

  struct EmptyTunnel {
    std::uint64_t since_ns;
    std::uint32_t index;
    TunnelIds ids;
  };

  Limits limits_;
  NameNetns name_netns_;
  std::uint64_t address_occasions_ = 0;
  std::uint64_t ring_epoch_ = 0;
  std::vector<std::uint32_t> known_generations_;  // by slot of the session table
  // By slot, the generation of its session if the limits have left that out; 0: they have not.
  std::vector<std::uint32_t> left_out_;
  std::vector<std::uint32_t> late_slots_;  // see take_late_slots()
  // By slot, the session that last used it. Saves a hash look-up, and thereby a cache miss, for
  // each record. Check the entry before use: a session may have been removed.
  std::vector<std::uint32_t> last_in_slot_;
  CowPages<Session> sessions_;
  CowPages<Tunnel> tunnels_;
  std::unordered_map<SessionIds, std::uint32_t> by_ids_;
  std::unordered_map<TunnelIds, std::uint32_t> by_tunnel_ids_;
  std::deque<Departed> departed_;          // in the order of their end
  std::deque<EmptyTunnel> empty_tunnels_;  // in the order in which their last session left
  Totals totals_;
  std::shared_ptr<const ExpectedSessions> expected_;
};

}  // namespace pppol2tp::model
