#include "agent/collectors/kernel_thread.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/base/signal_mask.h"

namespace pppol2tp::collectors {
namespace {

using Steady = std::chrono::steady_clock;

template <typename Items>
void append(Items& to, Items&& more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// `more` is the newer.
void merge(KernelAnswers& answers, KernelAnswers&& more) {
  append(answers.tunnels, std::move(more.tunnels));
  append(answers.sessions, std::move(more.sessions));
  append(answers.interfaces, std::move(more.interfaces));
  append(answers.links, std::move(more.links));
  answers.namespaces = std::move(more.namespaces);
  if (more.ethernet_sessions) answers.ethernet_sessions = std::move(more.ethernet_sessions);
  if (more.batch_size != 0) {
    answers.batch_size = more.batch_size;
    answers.batch_cost_ns = more.batch_cost_ns;
  }
  answers.has_ended_links = answers.has_ended_links || more.has_ended_links;
}

}  // namespace

KernelThread::KernelThread(const std::vector<std::string>& network_namespaces,
                           std::function<void()> on_news)
    : on_news_(std::move(on_news)), wakeup_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  namespaces_.emplace_back("");
  for (const std::string& name : network_namespaces) namespaces_.emplace_back(name);
  const AllSignalsBlocked blocked;  // signals are the loop's
  thread_ = std::thread([this] { run(); });
}

KernelThread::~KernelThread() {
  desk_.lock()->is_stopping = true;
  wake();
  thread_.join();
}

bool KernelThread::is_idle() const {
  return !desk_.lock()->is_asked;
}

void KernelThread::ask(KernelQuestions questions) {
  {
    auto desk = desk_.lock();
    desk->questions = std::move(questions);
    desk->is_asked = true;
  }
  wake();
}

KernelAnswers KernelThread::take() {
  auto desk = desk_.lock();
  desk->is_news_told = false;
  KernelAnswers answers = std::exchange(desk->answers, {});
  desk->answers.namespaces = answers.namespaces;
  return answers;
}

void KernelThread::wake() {
  // Fails only when it is readable already.
  static_cast<void>(eventfd_write(wakeup_.get(), 1));
}

void KernelThread::run() {
  while (!desk_.lock()->is_stopping) {
    work();
    sleep();
  }
}

void KernelThread::work() {
  const auto now = Steady::now();
  KernelAnswers heard;
  KernelAnswers walked;
  bool has_walked = false;
  for (WatchedNetns& each : namespaces_) {
    each.keep_open(now);
    each.hear(heard);
  }
  KernelAnswers answered = answer_batch();
  for (WatchedNetns& each : namespaces_)
    has_walked = each.walk(Steady::now(), walked) || has_walked;
  if (has_walked) walked.ethernet_sessions = all_ethernet_sessions();

  const bool is_news = heard.has_ended_links || !heard.tunnels.empty() || !heard.sessions.empty() ||
                       answered.batch_size != 0;
  merge(heard, std::move(answered));
  merge(heard, std::move(walked));
  heard.namespaces.clear();
  for (const WatchedNetns& each : namespaces_) {
    heard.namespaces.push_back({each.inode(), each.problem()});
  }
  hand_out(std::move(heard), is_news);
}

KernelAnswers KernelThread::answer_batch() {
  KernelAnswers answers;
  KernelQuestions questions;
  {
    auto desk = desk_.lock();
    if (!desk->is_asked) return answers;
    questions = std::exchange(desk->questions, {});
  }
  const auto begin = Steady::now();
  for (WatchedNetns& each : namespaces_) {
    for (const model::TunnelIds& ids : questions.tunnels) {
      if (ids.netns == each.inode()) each.ask_tunnel(ids.tunnel_id, answers);
    }
    for (const model::SessionIds& ids : questions.sessions) {
      if (ids.netns == each.inode()) each.ask_session(ids.tunnel_id, ids.session_id, answers);
    }
  }
  for (WatchedNetns& each : namespaces_) {
    const auto& nameless = questions.nameless;
    if (std::find(nameless.begin(), nameless.end(), each.inode()) != nameless.end()) {
      each.want_interfaces(begin);
    }
  }
  answers.batch_size = questions.tunnels.size() + questions.sessions.size();
  answers.batch_cost_ns = static_cast<std::uint64_t>((Steady::now() - begin).count());
  return answers;
}

KernelAnswers::EthernetSessions KernelThread::all_ethernet_sessions() const {
  KernelAnswers::EthernetSessions all;
  for (const WatchedNetns& each : namespaces_) {
    all.insert(each.ethernet_sessions().begin(), each.ethernet_sessions().end());
  }
  return all;
}

void KernelThread::hand_out(KernelAnswers answers, bool is_news) {
  bool tells = false;
  {
    auto desk = desk_.lock();
    if (answers.batch_size != 0) desk->is_asked = false;
    merge(desk->answers, std::move(answers));
    tells = is_news && !std::exchange(desk->is_news_told, desk->is_news_told || is_news);
  }
  if (tells) on_news_();
}

void KernelThread::sleep() {
  auto due = Steady::time_point::max();
  std::vector<pollfd> waited{{wakeup_.get(), POLLIN, 0}};
  for (const WatchedNetns& each : namespaces_) {
    due = std::min(due, each.next_due());
    waited.push_back({each.notifications(), POLLIN, 0});  // poll(2) leaves out what is negative
    waited.push_back({each.links(), POLLIN, 0});
    waited.push_back({each.addresses(), POLLIN, 0});
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - Steady::now()).count();
  poll(waited.data(), waited.size(), static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
  eventfd_t ignored = 0;
  static_cast<void>(eventfd_read(wakeup_.get(), &ignored));
}

}  // namespace pppol2tp::collectors
