#include "agent/collectors/kernel_reader.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "agent/base/clock.h"

namespace pppol2tp::collectors {
namespace {

using Steady = std::chrono::steady_clock;

bool has_content(const KernelAnswers& answers) {
  return !answers.tunnels.empty() || !answers.sessions.empty() || !answers.interfaces.empty() ||
         !answers.links.empty() || answers.ethernet_sessions || answers.batch_size != 0 ||
         answers.has_ended_links;
}

}  // namespace

KernelReader::KernelReader(const std::vector<std::string>& network_namespaces,
                           PacketChannel channel)
    : channel_(std::move(channel)) {
  namespaces_.emplace_back("");
  for (const std::string& name : network_namespaces) namespaces_.emplace_back(name);
}

void KernelReader::run() {
  while (hear() == Other::there && work() == Other::there) sleep();
}

KernelReader::Other KernelReader::hear() {
  std::span<const std::uint8_t> message;
  switch (channel_.receive(message)) {
    case PacketChannel::Received::end:
      return Other::gone;
    case PacketChannel::Received::message:
      questions_ = decode_questions(message);
      break;
    case PacketChannel::Received::nothing:
      break;
  }
  return Other::there;
}

KernelReader::Other KernelReader::work() {
  const auto now = Steady::now();
  KernelReport report;
  KernelAnswers& answers = report.answers;
  for (WatchedNetns& each : namespaces_) {
    each.keep_open(now);
    each.hear(answers);
  }
  answer_questions(answers);
  const bool is_news = has_content(answers);
  report.is_news = is_news;
  if (tell(std::move(report)) == Other::gone) return Other::gone;
  // Questions have a budget of their own, and others cause the notifications, so a walk does not
  // pay for them. If it did, it would pause longer, and meanwhile they would cost more: it might
  // never end.
  if (is_news) cpu_accounted_ = thread_cpu_time();
  for (WatchedNetns& each : namespaces_) {
    if (each.is_walk_due(Steady::now()) && walk(each) == Other::gone) return Other::gone;
  }
  cpu_accounted_ = thread_cpu_time();
  return Other::there;
}

// Each part of a walk pays also for its wake-up, and for passing on what it found.
KernelReader::Other KernelReader::walk(WatchedNetns& netns) {
  KernelReport report;
  if (netns.walk(Steady::now(), report.answers)) {
    report.answers.ethernet_sessions = all_ethernet_sessions();
  }
  const Other other = tell(std::move(report));
  const auto used = thread_cpu_time();
  netns.pay_for_part(used - std::exchange(cpu_accounted_, used));
  return other;
}

// Sends nothing if there is nothing new.
KernelReader::Other KernelReader::tell(KernelReport report) {
  KernelAnswers& answers = report.answers;
  for (const WatchedNetns& each : namespaces_) {
    answers.namespaces.push_back({each.inode(), each.problem()});
  }
  if (!has_content(answers) && answers.namespaces == told_) return Other::there;
  told_ = answers.namespaces;
  const auto sent = channel_.send(encode(report), PacketChannel::Patience::endless);
  return sent ? Other::there : Other::gone;
}

void KernelReader::answer_questions(KernelAnswers& answers) {
  const auto questions = std::exchange(questions_, std::nullopt);
  if (!questions) return;
  const auto begin = Steady::now();
  for (WatchedNetns& each : namespaces_) {
    for (const model::TunnelIds& ids : questions->tunnels) {
      if (ids.netns == each.inode()) each.ask_tunnel(ids.tunnel_id, answers);
    }
    for (const model::SessionIds& ids : questions->sessions) {
      if (ids.netns == each.inode()) each.ask_session(ids.tunnel_id, ids.session_id, answers);
    }
  }
  const auto& nameless = questions->nameless;
  for (WatchedNetns& each : namespaces_) {
    if (std::find(nameless.begin(), nameless.end(), each.inode()) != nameless.end()) {
      each.want_interfaces(begin);
    }
  }
  answers.batch_size = questions->tunnels.size() + questions->sessions.size();
  answers.batch_cost_ns = static_cast<std::uint64_t>((Steady::now() - begin).count());
}

KernelAnswers::EthernetSessions KernelReader::all_ethernet_sessions() const {
  KernelAnswers::EthernetSessions all;
  for (const WatchedNetns& each : namespaces_) {
    all.insert(each.ethernet_sessions().begin(), each.ethernet_sessions().end());
  }
  return all;
}

void KernelReader::sleep() {
  auto due = Steady::time_point::max();
  std::vector<pollfd> waited{{channel_.descriptor(), POLLIN, 0}};
  for (const WatchedNetns& each : namespaces_) {
    due = std::min(due, each.next_due());
    waited.push_back({each.notifications(), POLLIN, 0});  // poll(2) ignores negative descriptors
    waited.push_back({each.links(), POLLIN, 0});
    waited.push_back({each.addresses(), POLLIN, 0});
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - Steady::now()).count();
  poll(waited.data(), waited.size(), static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
}

}  // namespace pppol2tp::collectors
