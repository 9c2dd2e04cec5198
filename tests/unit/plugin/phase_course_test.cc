#include "plugin/phase_course.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pppol2tp {
namespace {

using ring::Direction;
using ring::Phase;
using ring::PhaseSection;

// Enters the phases one after another, at the times 1, 2, 3, ...
std::vector<PhaseSection> course(const std::vector<Phase>& phases) {
  std::vector<PhaseSection> sections;
  PhaseSection section = first_phase();
  std::uint64_t now_ns = 0;
  for (const Phase phase : phases) {
    section = next_phase(section, phase, ++now_ns);
    sections.push_back(section);
  }
  return sections;
}

// One arrow for each phase: ^ up, v down.
std::string directions(const std::vector<Phase>& phases) {
  std::string arrows;
  for (const PhaseSection& section : course(phases)) {
    arrows += section.direction == Direction::up ? '^' : 'v';
  }
  return arrows;
}

const std::vector<Phase> kUp = {Phase::serialconn, Phase::establish, Phase::authenticate,
                                Phase::network, Phase::running};

std::vector<Phase> up_and_then(const std::vector<Phase>& more) {
  std::vector<Phase> phases = kUp;
  phases.insert(phases.end(), more.begin(), more.end());
  return phases;
}

TEST(PhaseCourse, GoesUp) {
  EXPECT_EQ(directions(kUp), "^^^^^");
}

TEST(PhaseCourse, GoesDownWhenThisSideCloses) {
  EXPECT_EQ(directions(up_and_then({Phase::terminate, Phase::network, Phase::establish,
                                    Phase::disconnect, Phase::dead})),
            "^^^^^vvvvv");
}

TEST(PhaseCourse, GoesDownWhenThePeerCloses) {
  EXPECT_EQ(
      directions(up_and_then({Phase::network, Phase::establish, Phase::disconnect, Phase::dead})),
      "^^^^^vvvv");
}

TEST(PhaseCourse, GoesUpAgainWhenLcpStartsOver) {
  EXPECT_EQ(directions(up_and_then({Phase::network, Phase::establish, Phase::authenticate,
                                    Phase::network, Phase::running})),
            "^^^^^vv^^^");
}

TEST(PhaseCourse, GoesUpFromWaitingForADemand) {
  EXPECT_EQ(directions({Phase::dormant, Phase::serialconn, Phase::establish}), "^^^");
}

TEST(PhaseCourse, StaysDownWhileHoldingOffAndGoesUpWhenItDialsAgain) {
  EXPECT_EQ(directions(up_and_then({Phase::disconnect, Phase::dead, Phase::holdoff, Phase::dormant,
                                    Phase::serialconn})),
            "^^^^^vvvv^");
}

TEST(PhaseCourse, GoesUpThroughCallback) {
  EXPECT_EQ(directions({Phase::serialconn, Phase::establish, Phase::authenticate, Phase::callback,
                        Phase::network}),
            "^^^^^");
}

TEST(PhaseCourse, NamesThePhaseBefore) {
  const auto sections = course(kUp);
  EXPECT_EQ(sections.front().previous, Phase::initialize);
  EXPECT_EQ(sections.back().previous, Phase::network);
  EXPECT_EQ(sections.back().current, Phase::running);
  EXPECT_EQ(sections.back().entered_ns, 5u);
}

TEST(PhaseCourse, KeepsWhenEachPhaseWasFirstEnteredOnTheWayUp) {
  const PhaseSection last =
      course(up_and_then({Phase::network, Phase::establish, Phase::authenticate, Phase::network,
                          Phase::running, Phase::terminate}))
          .back();
  EXPECT_EQ(last.establish_ns, 2u);
  EXPECT_EQ(last.authenticate_ns, 3u);
  EXPECT_EQ(last.network_ns, 4u);
  EXPECT_EQ(last.running_ns, 5u);
}

TEST(PhaseCourse, CountsNoPhaseOfTheWayDownAsEntered) {
  const PhaseSection last =
      course({Phase::serialconn, Phase::establish, Phase::terminate, Phase::network}).back();
  EXPECT_EQ(last.network_ns, 0u);
  EXPECT_EQ(last.furthest, Phase::establish);
}

TEST(PhaseCourse, RemembersTheFurthestPhase) {
  EXPECT_EQ(course(up_and_then({Phase::terminate, Phase::network, Phase::disconnect, Phase::dead}))
                .back()
                .furthest,
            Phase::running);
  EXPECT_EQ(course({Phase::dormant, Phase::serialconn, Phase::dead}).back().furthest,
            Phase::serialconn);
}

}  // namespace
}  // namespace pppol2tp
