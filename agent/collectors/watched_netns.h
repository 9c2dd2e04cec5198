// One network namespace as KernelReader watches it: its sockets, the walk that is under way in it,
// and what is wrong with it, if anything.
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

  // Opens the sockets when they are not open, or when another namespace has taken the path; tries
  // no more often than is good for the kernel.
  void keep_open(Time now);

  // Look-ups. A failure that is not this question's own closes the namespace until it is opened
  // again; nothing is answered then.
  void ask_tunnel(std::uint32_t tunnel_id, KernelAnswers& answers);
  void ask_session(std::uint32_t tunnel_id, std::uint32_t session_id, KernelAnswers& answers);

  // Takes the walk one part further, when that is due. True: a walk over all sessions has ended.
  bool is_walk_due(Time now) const { return socket_ && now >= next_part_; }
  bool walk(Time now, KernelAnswers& answers);

  // The latest part cost so much of this thread, with handing out what it found: as much rest is to
  // pay for it as for the time that the kernel took.
  void pay_for_part(std::chrono::nanoseconds cpu);

  // Some sessions' interfaces are wanted: a walk is to find them, soon.
  void want_interfaces(Time now);

  // Takes what was notified; asks about it and does not believe it.
  void hear(KernelAnswers& answers);

  // When there is something to do by the clock.
  Time next_due() const { return socket_ ? std::min(next_part_, next_open_) : next_open_; }

  // To be waited on; -1 when there is none.
  int notifications() const { return listener_ ? listener_->descriptor() : -1; }
  int addresses() const { return addresses_ ? addresses_->descriptor() : -1; }
  int links() const { return links_ ? links_->descriptor() : -1; }

  std::uint64_t inode() const { return inode_; }
  const std::string& problem() const { return problem_; }
  const KernelAnswers::EthernetSessions& ethernet_sessions() const { return ethernet_sessions_; }

 private:
  // What a walk goes over, in this order; interfaces only when they are wanted.
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
  std::unique_ptr<L2tpSocket> walker_;  // another one: a walk is not to be interrupted by questions
  std::optional<L2tpListener> listener_;
  std::unique_ptr<LinkWatch> links_;  // the process' own namespace has one in the agent already

  std::optional<AddressWatch> addresses_;
  std::optional<SessionInterfaceFile> interfaces_;

  std::optional<Subject> walking_;  // nothing: between two walks
  bool wants_interfaces_ = false;
  Time walk_began_;
  std::uint64_t part_made_ns_ = 0;  // CLOCK_BOOTTIME, of before the kernel made the next part
  Time next_part_;
  Time next_open_;
  KernelAnswers::EthernetSessions counting_;  // of the walk that is under way
  KernelAnswers::EthernetSessions ethernet_sessions_;
};

}  // namespace pppol2tp::collectors
