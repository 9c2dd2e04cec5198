#include "plugin/phase_course.h"

namespace pppol2tp {
namespace {

using ring::Direction;
using ring::Phase;

// How far up a phase is: pppd's number, except for DORMANT (3), which comes before SERIALCONN (2).
constexpr int height(Phase phase) {
  return phase == Phase::dormant ? static_cast<int>(Phase::initialize) : static_cast<int>(phase);
}

// Phases at the end of a link; their numbers are higher than those of the phases before.
constexpr bool is_of_the_end(Phase phase) {
  return phase == Phase::dead || phase > Phase::running;
}

Direction direction_into(Phase entered, const ring::PhaseSection& before) {
  if (is_of_the_end(entered) || height(entered) < height(before.current)) {
    return Direction::down;
  }
  return height(entered) > height(before.current) ? Direction::up : before.direction;
}

std::uint64_t* first_entered(ring::PhaseSection& section, Phase phase) {
  switch (phase) {
    case Phase::establish:
      return &section.establish_ns;
    case Phase::authenticate:
      return &section.authenticate_ns;
    case Phase::network:
      return &section.network_ns;
    case Phase::running:
      return &section.running_ns;
    default:
      return nullptr;
  }
}

}  // namespace

ring::PhaseSection first_phase() {
  ring::PhaseSection section{};
  section.current = Phase::initialize;
  section.previous = Phase::initialize;
  section.furthest = Phase::initialize;
  section.direction = Direction::up;
  return section;
}

ring::PhaseSection next_phase(const ring::PhaseSection& before, Phase entered,
                              std::uint64_t now_ns) {
  ring::PhaseSection section = before;
  section.entered_ns = now_ns;
  section.previous = before.current;
  section.current = entered;
  section.direction = direction_into(entered, before);
  if (section.direction == Direction::down) {
    return section;
  }
  if (height(entered) > height(before.furthest)) {
    section.furthest = entered;
  }
  std::uint64_t* first = first_entered(section, entered);
  if (first != nullptr && *first == 0) {
    *first = now_ns;
  }
  return section;
}

}  // namespace pppol2tp
