#include "agent/collectors/watched_netns.h"

#include <utility>

#include "agent/base/clock.h"
#include "agent/collectors/netns_visit.h"

namespace pppol2tp::collectors {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

// A kernel without the family runs modprobe for each attempt.
constexpr auto kOpenInterval = 30s;
// A namespace that is made anew under its name.
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
  next_open_ = now + kIdentityInterval;
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
  // There is no tunnel 0 (RFC 2661, section 3.1); asking for it shows whether asking is allowed.
  if (const auto allowed = socket->tunnel(0); !allowed) return allowed.error();
  socket_.emplace(*std::move(socket));
  walker_ = std::make_unique<L2tpSocket>(*std::move(walker));
  listener_.emplace(*std::move(listener));
  return {};
}

void WatchedNetns::close(const Error& reason, Time now) {
  problem_ = name_or_path_.empty() ? reason.message : reason.within(name_or_path_).message;
  socket_.reset();
  walker_.reset();
  listener_.reset();
  walking_.reset();
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
  if (!socket_ || now < next_part_) return false;
  const auto ended = take_part(answers);
  const Time after = Steady::now();
  if (!ended) {
    problem_ =
        name_or_path_.empty() ? ended.error().message : ended.error().within(name_or_path_).message;
    walking_.reset();
    auto walker = L2tpSocket::open();  // its old walk is still in the other one
    walker_.reset();
    if (walker) walker_ = std::make_unique<L2tpSocket>(*std::move(walker));
    next_part_ = after + WalkPace::kAfterFailure;
    return false;
  }
  problem_.clear();
  next_part_ = after + (walking_ ? WalkPace::rest_after_part(after - now)
                                 : WalkPace::rest_after_walk(after - walk_began_));
  if (!*ended) return false;
  ethernet_sessions_ = std::exchange(counting_, {});
  return true;
}

// First all tunnels, then all sessions.
Result<bool> WatchedNetns::take_part(KernelAnswers& answers) {
  if (!walker_) return fail("generic netlink: no socket for walks");
  if (!walking_) {
    walk_began_ = Steady::now();
    counting_.clear();
    walking_ = L2tpSocket::Subject::tunnels;
    if (const auto begun = walker_->begin_walk(*walking_); !begun) return begun.error();
  }
  const std::uint64_t asked_ns = boottime_ns();
  const auto part = walker_->next_part();
  if (!part) return part.error();
  for (const L2tpFact& fact : part->facts) note(fact, asked_ns, answers);
  if (!part->is_last) return false;
  if (*walking_ == L2tpSocket::Subject::sessions) {
    walking_.reset();
    return true;
  }
  walking_ = L2tpSocket::Subject::sessions;
  if (const auto begun = walker_->begin_walk(*walking_); !begun) return begun.error();
  return false;
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
  if (listener_) {
    const auto facts = listener_->hear();
    if (!facts) {
      next_part_ = Steady::now();  // what was missed, a walk finds
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
  if (!links_) return;
  const auto heard = links_->hear();
  if (!heard || links_->take_ended_links() != 0) answers.has_ended_links = true;
}

}  // namespace pppol2tp::collectors
