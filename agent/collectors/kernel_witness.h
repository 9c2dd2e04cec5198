// Passes the kernel's facts to the model. Once a second it asks about some of the model's tunnels
// and sessions, as many as the budget allows, tunnels first, and each in its turn. It also takes
// notifications and what walks found. Nothing here waits for the kernel.
//
//   deleted by netlink   notified, asked, known within milliseconds
//   tunnel closed        not notified; asked within a second for as many tunnels as the budget
//                        allows
//   session without us   found by a walk, and added if it is still there kGraceNs later: a pppd
//                        with the plugin has reported it by then
//
// Used only by the model's thread.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "agent/collectors/collector.h"
#include "agent/collectors/kernel_desk.h"

namespace pppol2tp::collectors {

class KernelWitness final : public Collector {
 public:
  // One hundredth of a processor.
  static constexpr std::uint64_t kBudgetNs = 10'000'000;
  static constexpr std::uint64_t kAskIntervalNs = 900'000'000;  // the collectors run once a second
  static constexpr std::uint64_t kGraceNs = 3'000'000'000;
  static constexpr std::size_t kFewestQuestions = 32;
  static constexpr std::size_t kMostQuestions = 4096;
  // The shortest interval: to find the sessions of the interfaces that changed, it walks all
  // sessions.
  static constexpr std::uint64_t kAddressIntervalNs = 5'000'000'000;

  // `desk` must outlive this.
  explicit KernelWitness(KernelDesk& desk) : desk_(desk) {}

  std::string_view name() const override { return "kernel"; }

  // Fails when a watched namespace cannot be asked about.
  Result<void> collect(model::Model& model, std::uint64_t now_ns) override;

  // Whether a PPP interface of a watched namespace has gone since the last call.
  bool take_ended_links();

 private:
  struct Stranger {
    std::uint64_t first_seen_ns;
    std::uint64_t last_seen_ns;
    bool is_refused;  // by the model's limits, which count it
  };

  void take_in(const KernelAnswers& answers, model::Model& model, std::uint64_t now_ns);
  void take_in(const KernelAnswers::OfSession& answer, model::Model& model, std::uint64_t now_ns);
  void note_namespaces(const std::vector<KernelAnswers::Namespace>& all, model::Model& model,
                       std::uint64_t now_ns);
  void adapt_budget(const KernelAnswers& answers);
  void ask(const model::Model& model, std::uint64_t now_ns);
  void add_strangers(KernelQuestions& questions, std::size_t most, std::uint64_t now_ns) const;
  void forget_strangers(std::uint64_t now_ns);
  void note_links(KernelAnswers& answers, model::Model& model);
  void tell_addresses(model::Model& model, std::uint64_t now_ns);

  KernelDesk& desk_;
  std::unordered_map<model::SessionIds, Stranger> strangers_;
  std::unordered_set<std::uint64_t> askable_;   // namespaces
  std::unordered_set<std::uint64_t> nameless_;  // namespaces to ask the interfaces of
  std::unordered_map<model::LinkIds, model::LinkAddresses> links_;
  bool has_news_of_links_ = false;
  std::uint64_t address_occasions_ = 0;  // the model's, at the last update
  std::uint64_t last_addresses_ns_ = 0;
  std::string problem_ = "the kernel has not been asked yet";
  bool is_first_ = true;
  std::size_t questions_ = kFewestQuestions;  // as many as one second has room for
  std::uint64_t last_asked_ns_ = 0;
  std::uint32_t session_cursor_ = 0;
  std::uint32_t tunnel_cursor_ = 0;
  bool has_ended_links_ = false;
};

}  // namespace pppol2tp::collectors
