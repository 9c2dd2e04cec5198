// Runs the collectors one after the other, times each, and keeps what came of it. One that fails is
// reported once, when it begins to fail, and the others go on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/collectors/collector.h"
#include "agent/metrics/facts.h"

namespace pppol2tp {

class CollectorRunner {
 public:
  // In the order in which they run. They must outlive the runner.
  explicit CollectorRunner(const std::vector<collectors::Collector*>& collectors);

  // One more, to be run last.
  void add(collectors::Collector& collector);

  void run(model::Model& model, std::uint64_t now_ns);

  const std::vector<metrics::CollectorFacts>& facts() const { return facts_; }

 private:
  std::vector<collectors::Collector*> collectors_;
  std::vector<metrics::CollectorFacts> facts_;
  std::vector<std::string> told_;  // why each of them failed last, as it was logged
};

}  // namespace pppol2tp
