#include "agent/collectors/watched_netns.h"

#include <algorithm>
#include <utility>

#include "agent/base/clock.h"
#include "agent/collectors/netns_visit.h"

namespace pppol2tp::collectors {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

// On a kernel without the family, each attempt runs modprobe.
constexpr auto kOpenInterval = 30s;
// A namespace that is made anew under its name, or goes: until then its sockets keep it.
constexpr auto kIdentityInterval = 5s;

std::uint64_t boottime_ns() {
  return static_cast<std::uint64_t>(system_clock().boottime().count());
}

}  // namespace

WatchedNetns::WatchedNetns(std::string name_or_path)
    : name_or_path_(std::move(name_or_path)),
      path_(name_or_path_.empty() ? "/proc/self/ns/net" : netns_path(name_or_path_)) {}

void WatchedNetns::keep_open(Time now) {
  if (now < next_open_) return;
  next_open_ = name_or_path_.empty() ? Time::max() : now + kIdentityInterval;  // never changes
  if (socket_ && netns_inode(path_) == inode_) return;
  if (const auto opened = open(); !opened) {
    close(opened.error(), now);
    return;
  }
  problem_.clear();
  walking_.reset();
  next_part_ = now;
}

Result<void> WatchedNetns::open() {
  std::optional<NetnsVisit> visit;
  inode_ = netns_inode(path_);
  if (!name_or_path_.empty()) {
    auto entered = NetnsVisit::enter(path_);
    if (!entered) return entered.error();
    visit.emplace(*std::move(entered));
    inode_ = visit->inode();
    links_ = std::make_unique<LinkWatch>();
  }
  auto socket = L2tpSocket::open();
  if (!socket) return socket.error();
  auto walker = L2tpSocket::open();
  if (!walker) return walker.error();
  auto listener = L2tpListener::open();
  if (!listener) return listener.error();
  auto addresses = AddressWatch::open();
  if (!addresses) return addresses.error();
  // There is no tunnel 0 (RFC 2661, section 3.1); a question about it shows whether asking is
  // allowed.
  if (const auto allowed = socket->tunnel(0); !allowed) return allowed.error();
  socket_.emplace(*std::move(socket));
  walker_ = std::make_unique<L2tpSocket>(*std::move(walker));
  listener_.emplace(*std::move(listener));
  addresses_.emplace(*std::move(addresses));
  return {};
}

void WatchedNetns::close(const Error& reason, Time now) {
  problem_ = told(reason);
  socket_.reset();
  walker_.reset();
  listener_.reset();
  addresses_.reset();
  links_.reset();
  interfaces_.reset();
  walking_.reset();
  ethernet_sessions_.clear();
  next_open_ = now + kOpenInterval;
}

void WatchedNetns::ask_tunnel(std::uint32_t tunnel_id, KernelAnswers& answers) {
  if (!socket_) return;
  const std::uint64_t asked_ns = boottime_ns();
  const auto fact = socket_->tunnel(tunnel_id);
  if (!fact) return close(fact.error(), Steady::now());
  answers.tunnels.push_back({{inode_, tunnel_id}, *fact, asked_ns});
}

void WatchedNetns::ask_session(std::uint32_t tunnel_id, std::uint32_t session_id,
                               KernelAnswers& answers) {
  if (!socket_) return;
  const std::uint64_t asked_ns = boottime_ns();
  const auto fact = socket_->session(tunnel_id, session_id);
  if (!fact) return close(fact.error(), Steady::now());
  answers.sessions.push_back({{inode_, tunnel_id, session_id}, *fact, asked_ns});
}

bool WatchedNetns::walk(Time now, KernelAnswers& answers) {
  const auto ended = take_part(answers);
  const Time after = Steady::now();
  if (!ended) {
    abandon_walk(ended.error(), after + WalkPace::kAfterFailure);
    return false;
  }
  next_part_ = after + (walking_ ? WalkPace::rest_after_part(after - now)
                                 : WalkPace::rest_after_walk(after - walk_began_));
  if (!*ended) return false;
  problem_.clear();
  ethernet_sessions_ = std::exchange(counting_, {});
  return true;
}

void WatchedNetns::pay_for_part(std::chrono::nanoseconds cpu) {
  if (walking_) next_part_ = std::max(next_part_, Steady::now() + WalkPace::rest_after_part(cpu));
}

// The problem is reported until a walk has completed.
void WatchedNetns::abandon_walk(const Error& reason, Time next) {
  problem_ = told(reason);
  walking_.reset();
  interfaces_.reset();
  auto walker = L2tpSocket::open();  // the old socket still has the abandoned walk
  walker_.reset();
  if (walker) walker_ = std::make_unique<L2tpSocket>(*std::move(walker));
  next_part_ = next;
}

std::string WatchedNetns::told(const Error& problem) const {
  return name_or_path_.empty() ? problem.message : problem.within(name_or_path_).message;
}

// True: a walk has ended. If interfaces are wanted, a walk over tunnels and sessions continues with
// them.
Result<bool> WatchedNetns::take_part(KernelAnswers& answers) {
  if (!walker_) return fail("generic netlink: no socket for walks");
  if (!walking_) {
    walk_began_ = Steady::now();
    counting_.clear();
    if (const auto begun = begin(Subject::tunnels); !begun) return begun.error();
  }
  if (*walking_ == Subject::interfaces) return take_interfaces(answers);
  // The kernel makes a part when the one before is taken (netlink_recvmsg()), so this part is as
  // old as the pause since then.
  const std::uint64_t asked_ns = std::exchange(part_made_ns_, boottime_ns());
  const auto part = walker_->next_part();
  if (!part) return part.error();
  for (const L2tpFact& fact : part->facts) note(fact, asked_ns, answers);
  if (!part->is_last) return false;
  if (*walking_ == Subject::tunnels) {
    if (const auto begun = begin(Subject::sessions); !begun) return begun.error();
    return false;
  }
  walking_.reset();
  if (wants_interfaces_) {
    if (const auto begun = begin(Subject::interfaces); !begun) return begun.error();
  }
  return !walking_;
}

Result<void> WatchedNetns::begin(Subject subject) {
  walking_ = subject;
  part_made_ns_ = boottime_ns();
  if (subject == Subject::tunnels) return walker_->begin_walk(L2tpSocket::Subject::tunnels);
  if (subject == Subject::sessions) return walker_->begin_walk(L2tpSocket::Subject::sessions);
  wants_interfaces_ = false;
  // The open file keeps its namespace, so it is opened only now.
  std::optional<NetnsVisit> visit;
  if (!name_or_path_.empty()) {
    auto entered = NetnsVisit::enter(path_);
    if (!entered) return entered.error();
    visit.emplace(*std::move(entered));
  }
  auto file = SessionInterfaceFile::open();
  if (!file) return file.error();
  interfaces_.emplace(*std::move(file));
  return {};
}

Result<bool> WatchedNetns::take_interfaces(KernelAnswers& answers) {
  auto part = interfaces_->next_part();
  if (!part) return part.error();
  for (SessionInterface& each : part->found) {
    answers.interfaces.push_back({{inode_, each.tunnel_id, each.session_id}, std::move(each.name)});
  }
  if (!part->is_last) return false;
  interfaces_.reset();
  walking_.reset();
  return true;
}

// The next walk finds them: the current one may be past the tunnel already, and new sessions often
// come in numbers.
void WatchedNetns::want_interfaces(Time now) {
  wants_interfaces_ = true;
  if (!walking_) next_part_ = std::min(next_part_, now + WalkPace::kShortestInterval);
}

void WatchedNetns::note(const L2tpFact& fact, std::uint64_t asked_ns, KernelAnswers& answers) {
  if (const auto* const tunnel = std::get_if<model::KernelTunnel>(&fact)) {
    answers.tunnels.push_back({{inode_, tunnel->tunnel_id}, *tunnel, asked_ns});
  } else if (const auto* const session = std::get_if<model::KernelSession>(&fact)) {
    answers.sessions.push_back(
        {{inode_, session->tunnel_id, session->session_id}, *session, asked_ns});
    if (!session->is_ppp) ++counting_[{inode_, session->tunnel_id}];
  }
}

void WatchedNetns::hear(KernelAnswers& answers) {
  if (listener_) hear_notifications(answers);
  if (addresses_) hear_addresses(answers);
  if (!links_) return;
  const auto heard = links_->hear();
  if (!heard || links_->take_ended_links() != 0) answers.has_ended_links = true;
}

void WatchedNetns::hear_notifications(KernelAnswers& answers) {
  const auto facts = listener_->hear();
  if (!facts) {  // a walk finds what was missed
    abandon_walk(facts.error().within("notifications were missed"), Steady::now());
    return;
  }
  for (const L2tpFact& fact : *facts) {
    if (const auto* const tunnel = std::get_if<model::KernelTunnel>(&fact)) {
      ask_tunnel(tunnel->tunnel_id, answers);
    } else if (const auto* const session = std::get_if<model::KernelSession>(&fact)) {
      ask_session(session->tunnel_id, session->session_id, answers);
    }
  }
}

void WatchedNetns::hear_addresses(KernelAnswers& answers) {
  if (const auto heard = addresses_->hear(); !heard) return close(heard.error(), Steady::now());
  for (PppLinks::Change& change : addresses_->take_changes()) {
    answers.links.push_back({{inode_, std::move(change.name)}, change.addresses});
  }
}

}  // namespace pppol2tp::collectors
