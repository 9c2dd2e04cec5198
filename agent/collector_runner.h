// Runs the collectors one after the other, times each, and keeps what came of it. One that fails is
// reported once, when it begins to fail, and the others go on.
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
  // In the order in which they run. They and the clock must outlive the runner.
  explicit CollectorRunner(const std::vector<collectors::Collector*>& collectors,
                           const Clock& clock = system_clock());

  // One more, to be run last.
  void add(collectors::Collector& collector);

  void run(model::Model& model, std::uint64_t now_ns);

  // What a run out of turn may take of a processor: news for which one is due can come by the
  // thousand a second, and each run looks at every session.
  static constexpr int kShare = 10;  // one tenth

  // How long to wait until the latest run has been paid for by rest; 0: no longer.
  std::chrono::nanoseconds rest_left() const;

  const std::vector<metrics::CollectorFacts>& facts() const { return facts_; }

 private:
  std::vector<collectors::Collector*> collectors_;
  std::vector<metrics::CollectorFacts> facts_;
  std::vector<std::string> told_;  // why each of them failed last, as it was logged
  const Clock& clock_;
  std::chrono::nanoseconds rested_{0};  // when the latest run will have been paid for
};

}  // namespace pppol2tp
