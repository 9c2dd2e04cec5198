// Runs the collectors one after the other, times each, and keeps the results. A failing collector
// is logged once, when it begins to fail; the others go on.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/collectors/collector.h"
#include "agent/metrics/facts.h"

namespace pppol2tp {

class CollectorRunner {
 public:
  // In the order in which they run. Collectors and clock must outlive the runner.
  explicit CollectorRunner(const std::vector<collectors::Collector*>& collectors,
                           const Clock& clock = system_clock());

  // Adds a collector, which runs last.
  void add(collectors::Collector& collector);

  void run(model::Model& model, std::uint64_t now_ns);

  // The part of a processor that extra runs may take: thousands of events a second may ask for one,
  // and each run looks at every session.
  static constexpr int kShare = 10;  // one tenth

  // How long until the next extra run is allowed, after the cost of the latest one; 0: now.
  std::chrono::nanoseconds rest_left() const;

  const std::vector<metrics::CollectorFacts>& facts() const { return facts_; }

 private:
  std::vector<collectors::Collector*> collectors_;
  std::vector<metrics::CollectorFacts> facts_;
  std::vector<std::string> told_;  // each one's latest failure, as logged
  const Clock& clock_;
  std::chrono::nanoseconds rested_{0};  // when the next extra run is allowed
};

}  // namespace pppol2tp
