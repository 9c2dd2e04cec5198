#include "agent/collectors/kernel_witness.h"

#include <algorithm>
#include <utility>

namespace pppol2tp::collectors {
namespace {

// For a session that one walk found and that was not seen since: either it has ended, or the walk
// that would find it again takes long.
constexpr std::uint64_t kForgetNs = 7'200'000'000'000;
constexpr std::size_t kMostStrangers = 100'000;

}  // namespace

Result<void> KernelWitness::collect(model::Model& model, std::uint64_t now_ns) {
  KernelAnswers answers = desk_.take();
  note_namespaces(answers.namespaces, model, now_ns);
  take_in(answers, model, now_ns);
  note_links(answers, model);
  tell_addresses(model, now_ns);
  adapt_budget(answers);
  has_ended_links_ = has_ended_links_ || answers.has_ended_links;
  if (now_ns - last_asked_ns_ >= kAskIntervalNs && desk_.is_idle()) {
    last_asked_ns_ = now_ns;
    ask(model, now_ns);
  }
  // No complaint before the first answer.
  const bool is_waiting = std::exchange(is_first_, false) && answers.namespaces.empty();
  if (is_waiting || problem_.empty()) return {};
  return fail(problem_);
}

bool KernelWitness::take_ended_links() {
  return std::exchange(has_ended_links_, false);
}

void KernelWitness::note_namespaces(const std::vector<KernelAnswers::Namespace>& all,
                                    model::Model& model, std::uint64_t now_ns) {
  if (all.empty()) return;
  problem_.clear();
  std::unordered_set<std::uint64_t> askable;
  for (const KernelAnswers::Namespace& each : all) {
    if (each.problem.empty()) {
      askable.insert(each.inode);
    } else {
      problem_ += concat(problem_.empty() ? "" : "; ", each.problem);
    }
  }
  for (const std::uint64_t netns : askable_) {
    if (askable.contains(netns)) continue;
    model.forget_kernel(netns, now_ns);
    // Whoever watches this namespace next begins by reporting all interfaces.
    if (std::erase_if(links_, [&](const auto& link) { return link.first.netns == netns; }) != 0) {
      has_news_of_links_ = true;
    }
  }
  askable_ = std::move(askable);
}

void KernelWitness::take_in(const KernelAnswers& answers, model::Model& model,
                            std::uint64_t now_ns) {
  std::vector<model::TunnelIds> gone;
  std::uint64_t gone_ns = now_ns;
  for (const KernelAnswers::OfTunnel& answer : answers.tunnels) {
    const model::Tunnel* const known = model.find(answer.ids);
    if (!answer.fact && known != nullptr && known->kernel != model::KernelView::absent) {
      gone.push_back(answer.ids);
      gone_ns = std::min(gone_ns, answer.asked_ns);
    }
    model.hear_tunnel(answer.ids, answer.fact, answer.asked_ns);
  }
  model.lose_sessions_of(gone, gone_ns);
  for (const KernelAnswers::OfSession& answer : answers.sessions) take_in(answer, model, now_ns);
  if (answers.ethernet_sessions) {
    model.set_ethernet_sessions(*answers.ethernet_sessions);
    forget_strangers(now_ns);
  }
}

void KernelWitness::take_in(const KernelAnswers::OfSession& answer, model::Model& model,
                            std::uint64_t now_ns) {
  if (model.hear_session(answer.ids, answer.fact, answer.asked_ns) || !answer.fact) {
    strangers_.erase(answer.ids);
    return;
  }
  if (!answer.fact->is_ppp || answer.fact->is_management()) return;
  const auto found = strangers_.find(answer.ids);
  if (found == strangers_.end()) {
    if (strangers_.size() < kMostStrangers) {
      strangers_[answer.ids] = {answer.asked_ns, answer.asked_ns, false};
    }
    return;
  }
  // A walk's answers are older than those to questions that were asked meanwhile.
  Stranger& stranger = found->second;
  stranger.last_seen_ns = std::max(stranger.last_seen_ns, answer.asked_ns);
  if (answer.asked_ns < stranger.first_seen_ns + kGraceNs) return;
  if (stranger.is_refused && !model.has_room()) return;
  if (model.add_without_plugin(answer.ids, *answer.fact, now_ns)) {
    nameless_.insert(answer.ids.netns);
    strangers_.erase(found);
  } else {
    stranger.is_refused = true;
  }
}

void KernelWitness::adapt_budget(const KernelAnswers& answers) {
  if (answers.batch_size == 0) return;
  const std::uint64_t cost_of_one =
      std::max<std::uint64_t>(1, answers.batch_cost_ns / answers.batch_size);
  questions_ = std::clamp<std::size_t>(kBudgetNs / cost_of_one, kFewestQuestions, kMostQuestions);
}

void KernelWitness::ask(const model::Model& model, std::uint64_t now_ns) {
  KernelQuestions questions;
  model.visit_some_tunnels(tunnel_cursor_, questions_ / 2, [&](const model::TunnelIds& ids) {
    if (askable_.contains(ids.netns)) questions.tunnels.push_back(ids);
  });
  // Strangers and sessions each get half of the rest, and what the other half does not need.
  const std::size_t left = questions_ - questions.tunnels.size();
  const std::size_t not_needed = left - std::min(left, model.session_count());
  add_strangers(questions, std::max(left / 2, not_needed), now_ns);
  model.visit_some_sessions(session_cursor_, left - questions.sessions.size(),
                            [&](const model::SessionIds& ids) {
                              if (askable_.contains(ids.netns)) questions.sessions.push_back(ids);
                            });
  if (questions.is_empty()) return;
  for (const std::uint64_t netns : std::exchange(nameless_, {})) {
    questions.nameless.push_back(netns);
  }
  desk_.ask(std::move(questions));
}

void KernelWitness::add_strangers(KernelQuestions& questions, std::size_t most,
                                  std::uint64_t now_ns) const {
  for (const auto& [ids, stranger] : strangers_) {
    if (questions.sessions.size() >= most) return;
    const bool is_due = !stranger.is_refused && now_ns - stranger.first_seen_ns >= kGraceNs;
    if (is_due && askable_.contains(ids.netns)) questions.sessions.push_back(ids);
  }
}

void KernelWitness::note_links(KernelAnswers& answers, model::Model& model) {
  has_news_of_links_ = has_news_of_links_ || !answers.interfaces.empty() || !answers.links.empty();
  for (const KernelAnswers::OfInterface& each : answers.interfaces) {
    model.name_interface(each.ids, each.name);
  }
  for (KernelAnswers::OfLink& each : answers.links) {
    if (each.addresses == model::LinkAddresses{}) {
      links_.erase(each.ids);
    } else {
      links_[std::move(each.ids)] = each.addresses;
    }
  }
}

void KernelWitness::tell_addresses(model::Model& model, std::uint64_t now_ns) {
  const std::uint64_t occasions = model.address_occasions();
  if (!has_news_of_links_ && occasions == address_occasions_) return;
  if (now_ns - last_addresses_ns_ < kAddressIntervalNs) return;
  last_addresses_ns_ = now_ns;
  has_news_of_links_ = false;
  address_occasions_ = occasions;
  model.set_addresses(links_);
}

void KernelWitness::forget_strangers(std::uint64_t now_ns) {
  std::erase_if(strangers_,
                [&](const auto& each) { return now_ns - each.second.last_seen_ns > kForgetNs; });
}

}  // namespace pppol2tp::collectors
