#include "agent/model/setup.h"

namespace pppol2tp::model {
namespace {

std::uint64_t time_of(const ring::PhaseSection& section, ring::Phase phase) {
  switch (phase) {
    case ring::Phase::authenticate:
      return section.authenticate_ns;
    case ring::Phase::network:
      return section.network_ns;
    case ring::Phase::running:
      return section.running_ns;
    default:
      return 0;
  }
}

bool is_timed(const ring::SessionState& state, ring::Phase phase) {
  return state.opened.opened_ns != 0 && time_of(state.phase, phase) >= state.opened.opened_ns;
}

}  // namespace

void SetupTotals::add_progress(const ring::SessionState& before, const ring::SessionState& now) {
  for (std::size_t i = 0; i < kTimedPhases.size(); ++i) {
    if (is_timed(before, kTimedPhases[i]) || !is_timed(now, kTimedPhases[i])) continue;
    durations[i].observe(kSetupBoundsNs,
                         time_of(now.phase, kTimedPhases[i]) - now.opened.opened_ns);
  }
}

void SetupTotals::add_end(const ring::SessionState& state) {
  const auto reached = static_cast<std::size_t>(state.end.reached);
  if (reached < failures.size()) ++failures[reached];
}

}  // namespace pppol2tp::model
