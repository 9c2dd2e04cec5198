#include "agent/model/peers.h"

#include "agent/model/growth.h"

namespace pppol2tp::model {

static_assert(ring::kEchoRttBoundsNs.size() <= Histogram::kMaxBounds);

void add_echo_growth(Histogram& rtt, const ring::EchoSection& before,
                     const ring::EchoSection& now) {
  for (std::size_t i = 0; i < ring::kEchoRttBoundsNs.size(); ++i) {
    rtt.counts[i] += growth(before.replies_by_rtt[i], now.replies_by_rtt[i]);
  }
  rtt.sum_ns += growth(before.rtt_sum_ns, now.rtt_sum_ns);
}

void AttemptTotals::add_growth(const ring::AttemptsSection& before,
                               const ring::AttemptsSection& now) {
  constexpr auto kAll = attempt_kinds();
  for (std::size_t i = 0; i < kAll.size(); ++i) {
    const auto count_in = [&kind = kAll[i]](const ring::AttemptsSection& section) {
      return section.counts[static_cast<std::size_t>(kind.direction)]
                           [static_cast<std::size_t>(kind.protocol) - 1]
                           [static_cast<std::size_t>(kind.result)];
    };
    counts[i] += growth(count_in(before), count_in(now));
  }
}

}  // namespace pppol2tp::model
