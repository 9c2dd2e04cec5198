#include "agent/collector_runner.h"

#include <algorithm>

#include "agent/base/log.h"

namespace pppol2tp {

CollectorRunner::CollectorRunner(const std::vector<collectors::Collector*>& collectors,
                                 const Clock& clock)
    : clock_(clock) {
  for (auto* const collector : collectors) add(*collector);
}

void CollectorRunner::add(collectors::Collector& collector) {
  collectors_.push_back(&collector);
  facts_.push_back({std::string(collector.name()), true, 0});
  told_.emplace_back();
}

void CollectorRunner::run(model::Model& model, std::uint64_t now_ns) {
  const auto all_begin = clock_.monotonic();
  for (std::size_t i = 0; i < collectors_.size(); ++i) {
    metrics::CollectorFacts& facts = facts_[i];
    const auto begin = clock_.monotonic();
    const auto result = collectors_[i]->collect(model, now_ns);
    facts.duration_ns = static_cast<std::uint64_t>((clock_.monotonic() - begin).count());
    // Also if the reason changes.
    if (!result && (facts.success || told_[i] != result.error().message)) {
      told_[i] = result.error().message;
      log::warn("collector fails", {{"collector", facts.name}, {"reason", told_[i]}});
    }
    if (result && !facts.success) log::info("collector works again", {{"collector", facts.name}});
    facts.success = result.has_value();
  }
  const auto end = clock_.monotonic();
  rested_ = end + (end - all_begin) * (kShare - 1);
}

std::chrono::nanoseconds CollectorRunner::rest_left() const {
  return std::max(rested_ - clock_.monotonic(), std::chrono::nanoseconds(0));
}

}  // namespace pppol2tp
