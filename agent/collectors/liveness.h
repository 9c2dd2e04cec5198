// Ends sessions whose pppd died without a report. It finds them by the session table's owner words,
// which the kernel marks however a process dies, and by the process table for sessions that have no
// slot in the session table.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/collectors/collector.h"
#include "agent/collectors/ring_tail.h"

namespace pppol2tp::collectors {

class Liveness final : public Collector {
 public:
  // `tail` must outlive this. The ring is read to its end before a session is ended here: what the
  // session itself reported is worth more than what can be concluded from its silence.
  explicit Liveness(RingTail& tail) : tail_(tail) {}

  std::string_view name() const override { return "liveness"; }
  Result<void> collect(model::Model& model, std::uint64_t now_ns) override;

 private:
  bool lives(const model::Model& model, const model::Session& session) const;
  void settle(model::Model& model, std::uint32_t index, std::uint64_t now_ns) const;

  RingTail& tail_;
};

}  // namespace pppol2tp::collectors
