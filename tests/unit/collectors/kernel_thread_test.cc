// Against this machine's kernel, whatever it has: with L2TP and the right to ask it answers,
// without them it says what is missing. That the answers are right is the guest tests' to show.
#include "agent/collectors/kernel_thread.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "agent/collectors/netns_visit.h"

namespace pppol2tp::collectors {
namespace {

using namespace std::chrono_literals;

// The desk's first word comes from its own thread.
std::vector<KernelAnswers::Namespace> namespaces_of(KernelThread& kernel) {
  for (int i = 0; i < 2000; ++i) {
    if (auto answers = kernel.take(); !answers.namespaces.empty()) return answers.namespaces;
    std::this_thread::sleep_for(5ms);
  }
  return {};
}

TEST(KernelThread, SaysOfEveryWatchedNamespaceWhetherItCanBeAsked) {
  KernelThread kernel({"no-such-namespace", "/nowhere/ns"}, [] {});
  const auto all = namespaces_of(kernel);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].inode, netns_inode("/proc/self/ns/net"));
  EXPECT_EQ(all[1].inode, 0u);
  EXPECT_NE(all[1].problem.find("no-such-namespace"), std::string::npos) << all[1].problem;
  EXPECT_NE(all[1].problem.find("No such file"), std::string::npos) << all[1].problem;
  EXPECT_NE(all[2].problem.find("/nowhere/ns"), std::string::npos) << all[2].problem;
}

TEST(KernelThread, QuestionsAreAnsweredAndToldOf) {
  std::atomic<int> told = 0;
  KernelThread kernel({}, [&] { ++told; });
  const auto all = namespaces_of(kernel);
  ASSERT_EQ(all.size(), 1u);
  KernelQuestions questions;
  questions.tunnels = {{all[0].inode, 4'000'000'000}};
  kernel.ask(questions);
  for (int i = 0; i < 2000 && !kernel.is_idle(); ++i) std::this_thread::sleep_for(5ms);
  ASSERT_TRUE(kernel.is_idle());
  const KernelAnswers answers = kernel.take();
  EXPECT_EQ(answers.batch_size, 1u);
  EXPECT_EQ(told, 1);
  // A namespace that cannot be asked about answers nothing; one that can, that there is no such
  // tunnel.
  ASSERT_EQ(answers.tunnels.size(), answers.namespaces.at(0).problem.empty() ? 1u : 0u);
  for (const auto& answer : answers.tunnels) EXPECT_FALSE(answer.fact);
}

TEST(NetnsVisit, NameIsBelowRunNetnsAndPathIsItself) {
  EXPECT_EQ(netns_path("blue"), "/run/netns/blue");
  EXPECT_EQ(netns_path("/proc/1/ns/net"), "/proc/1/ns/net");
  EXPECT_EQ(netns_label("blue"), "blue");
  EXPECT_EQ(netns_label("/srv/ns/red"), "red");
}

TEST(NetnsVisit, PathThatIsNoNamespaceIsAnErrorThatNamesIt) {
  const auto visit = NetnsVisit::enter("/dev/null");
  ASSERT_FALSE(visit);
  EXPECT_NE(visit.error().message.find("/dev/null"), std::string::npos);
}

}  // namespace
}  // namespace pppol2tp::collectors
