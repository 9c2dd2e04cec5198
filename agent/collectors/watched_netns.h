// One network namespace that KernelReader watches: its sockets, its current walk, and its problem,
// if there is one.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "agent/collectors/address_watch.h"
#include "agent/collectors/kernel_desk.h"
#include "agent/collectors/l2tp_socket.h"
#include "agent/collectors/link_watch.h"
#include "agent/collectors/session_interfaces.h"
#include "agent/collectors/walk_pace.h"

namespace pppol2tp::collectors {

class WatchedNetns {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `name_or_path` is empty for the namespace of the process.
  explicit WatchedNetns(std::string name_or_path);

  // Opens the sockets if they are not open, or if the path leads to another namespace now. Limits
  // how often it tries.
  void keep_open(Time now);

  // Look-ups. A failure that does not concern only this question closes the namespace until it is
  // opened again; then there are no answers.
  void ask_tunnel(std::uint32_t tunnel_id, KernelAnswers& answers);
  void ask_session(std::uint32_t tunnel_id, std::uint32_t session_id, KernelAnswers& answers);

  // Takes the next part of the walk, if it is due. True: a walk over all sessions has ended.
  bool is_walk_due(Time now) const { return socket_ && now >= next_part_; }
  bool walk(Time now, KernelAnswers& answers);

  // What the latest part cost this thread, including passing on what it found. The pause covers
  // this as well as the kernel's time.
  void pay_for_part(std::chrono::nanoseconds cpu);

  // The interfaces of some sessions are wanted: a walk should find them soon.
  void want_interfaces(Time now);

  // Takes the notifications, and asks the kernel about each instead of trusting it.
  void hear(KernelAnswers& answers);

  // When the next timed action is due.
  Time next_due() const { return socket_ ? std::min(next_part_, next_open_) : next_open_; }

  // Descriptors to poll; -1 if there is none.
  int notifications() const { return listener_ ? listener_->descriptor() : -1; }
  int addresses() const { return addresses_ ? addresses_->descriptor() : -1; }
  int links() const { return links_ ? links_->descriptor() : -1; }

  std::uint64_t inode() const { return inode_; }
  const std::string& problem() const { return problem_; }
  const KernelAnswers::EthernetSessions& ethernet_sessions() const { return ethernet_sessions_; }

 private:
  // What a walk goes through, in this order; interfaces only if they are wanted.
  enum class Subject : std::uint8_t { tunnels, sessions, interfaces };

  Result<void> open();
  Result<void> begin(Subject subject);
  void close(const Error& reason, Time now);
  void note(const L2tpFact& fact, std::uint64_t asked_ns, KernelAnswers& answers);
  Result<bool> take_part(KernelAnswers& answers);
  Result<bool> take_interfaces(KernelAnswers& answers);
  void hear_notifications(KernelAnswers& answers);
  void hear_addresses(KernelAnswers& answers);
  void abandon_walk(const Error& reason, Time next);
  std::string told(const Error& problem) const;

  std::string name_or_path_;
  std::string path_;
  std::uint64_t inode_ = 0;
  std::string problem_ = "not opened yet";
  std::optional<L2tpSocket> socket_;
  std::unique_ptr<L2tpSocket> walker_;  // separate, so that questions do not interrupt a walk
  std::optional<L2tpListener> listener_;
  std::unique_ptr<LinkWatch> links_;  // the agent itself has one for its own namespace

  std::optional<AddressWatch> addresses_;
  std::optional<SessionInterfaceFile> interfaces_;

  std::optional<Subject> walking_;  // nullopt: between two walks
  bool wants_interfaces_ = false;
  Time walk_began_;
  std::uint64_t part_made_ns_ = 0;  // CLOCK_BOOTTIME, before the kernel made the next part
  Time next_part_;
  Time next_open_;
  KernelAnswers::EthernetSessions counting_;  // of the current walk
  KernelAnswers::EthernetSessions ethernet_sessions_;
};

}  // namespace pppol2tp::collectors
