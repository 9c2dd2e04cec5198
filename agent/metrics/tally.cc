#include "agent/metrics/tally.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace pppol2tp::metrics {
namespace {

template <typename Counts>
void add(Counts& counts, const Counts& others) {
  std::transform(counts.begin(), counts.end(), others.begin(), counts.begin(), std::plus());
}

}  // namespace

void Tally::count(const model::Session& session, std::uint64_t now_ns) {
  ++in_disagreement[static_cast<std::size_t>(model::verdict_on(session, now_ns))];
  if (session.has_ended()) {
    ++sessions_departed;
    return;
  }
  if (session.is_without_plugin) return;
  const auto phase = static_cast<std::size_t>(session.state.phase.current);
  if (phase < sessions_by_phase.size()) ++sessions_by_phase[phase];
  if (session.is_up()) ++sessions_up;
}

Tally& Tally::operator+=(const Tally& other) {
  add(sessions_by_phase, other.sessions_by_phase);
  sessions_up += other.sessions_up;
  sessions_departed += other.sessions_departed;
  add(in_disagreement, other.in_disagreement);
  return *this;
}

Tally Tallies::of(const model::Snapshot& snapshot) {
  const std::uint64_t now_ns = snapshot.taken_ns;
  const auto& pages = snapshot.sessions.pages();
  auto kept = pages_.lock();
  if (kept->size() < pages.size()) kept->resize(pages.size());
  Tally sum;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    Counted& known = (*kept)[i];
    const bool holds = known.facts_version == pages[i]->facts_version && now_ns >= known.from_ns &&
                       now_ns < known.until_ns;
    if (!holds) known = counted(*pages[i], now_ns);
    sum += known.tally;
  }
  return sum;
}

Tallies::Counted Tallies::counted(const Page& page, std::uint64_t now_ns) {
  Counted out{page.facts_version, now_ns, std::numeric_limits<std::uint64_t>::max(), {}};
  for (std::size_t i = 0; i < page.items.size(); ++i) {
    if (!page.used[i]) continue;
    out.tally.count(page.items[i], now_ns);
    const std::uint64_t settled_ns = model::settled_ns(page.items[i]);
    if (settled_ns > now_ns) out.until_ns = std::min(out.until_ns, settled_ns);
  }
  return out;
}

}  // namespace pppol2tp::metrics
