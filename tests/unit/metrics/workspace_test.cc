#include "agent/metrics/workspace.h"

#include <gtest/gtest.h>

#include <set>

namespace pppol2tp::metrics {
namespace {

TEST(Workspaces, LendTheSameMemoryAgain) {
  Workspaces workspaces;
  const Workspace* first = nullptr;
  {
    const auto lent = workspaces.lend();
    first = lent.get();
  }
  EXPECT_EQ(workspaces.lend().get(), first);
}

TEST(Workspaces, LendEmptyBuffersWithTheRoomThatTheyHad) {
  Workspaces workspaces;
  const char* memory = nullptr;
  {
    const auto lent = workspaces.lend();
    lent->scratch.append("scratch");
    memory = lent->out.reserve(100'000);
    lent->out.append("answer");
  }
  const auto again = workspaces.lend();
  EXPECT_EQ(again->out.text(), "");
  EXPECT_EQ(again->scratch.text(), "");
  EXPECT_EQ(again->out.reserve(100'000), memory);
}

TEST(Workspaces, LendEachAnswerItsOwnAndKeepOneOfThem) {
  Workspaces workspaces;
  std::set<const Workspace*> seen;
  {
    const auto a = workspaces.lend();
    const auto b = workspaces.lend();
    seen = {a.get(), b.get()};
    EXPECT_EQ(seen.size(), 2u);
  }
  EXPECT_TRUE(seen.contains(workspaces.lend().get()));
}

}  // namespace
}  // namespace pppol2tp::metrics
