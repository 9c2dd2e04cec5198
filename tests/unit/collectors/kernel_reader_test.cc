// Against this machine's kernel, whatever it has: with L2TP and the right to ask, the reader
// answers; without them it says what is missing. Whether the answers are right is tested in the
// guest.
#include "agent/collectors/kernel_reader.h"

#include <gtest/gtest.h>

#include <poll.h>

#include <functional>
#include <thread>

#include "agent/collectors/kernel_link.h"
#include "agent/collectors/netns_visit.h"

namespace pppol2tp::collectors {
namespace {

// A reader in a thread instead of a process, and the link to it.
class KernelReaderTest : public testing::Test {
 protected:
  ~KernelReaderTest() override {
    link_.reset();  // this ends the reader
    if (thread_.joinable()) thread_.join();
  }

  KernelLink& start(const std::vector<std::string>& network_namespaces) {
    auto ends = PacketChannel::make_ends();
    link_.emplace(std::move(ends->one));
    thread_ = std::thread([network_namespaces, end = std::move(ends->other)]() mutable {
      KernelReader(network_namespaces, PacketChannel(std::move(end), kMostQuestionBytes)).run();
    });
    return *link_;
  }

  // Everything that arrives until then.
  KernelAnswers take_until(const std::function<bool(const KernelAnswers&)>& is_it) {
    for (;;) {
      pollfd waited{link_->descriptor(), POLLIN, 0};
      if (poll(&waited, 1, 10'000) != 1) return {};
      link_->receive();
      KernelAnswers answers = link_->take();
      if (is_it(answers)) return answers;
    }
  }

 private:
  std::optional<KernelLink> link_;
  std::thread thread_;
};

bool names_namespaces(const KernelAnswers& answers) {
  return !answers.namespaces.empty();
}

TEST_F(KernelReaderTest, SaysOfEveryWatchedNamespaceWhetherItCanBeAsked) {
  start({"no-such-namespace", "/nowhere/ns"});
  const auto all = take_until(names_namespaces).namespaces;
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].inode, netns_inode("/proc/self/ns/net"));
  EXPECT_EQ(all[1].inode, 0u);
  EXPECT_NE(all[1].problem.find("no-such-namespace"), std::string::npos) << all[1].problem;
  EXPECT_NE(all[1].problem.find("No such file"), std::string::npos) << all[1].problem;
  EXPECT_NE(all[2].problem.find("/nowhere/ns"), std::string::npos) << all[2].problem;
}

TEST_F(KernelReaderTest, QuestionsAreAnswered) {
  KernelLink& link = start({});
  const auto all = take_until(names_namespaces).namespaces;
  ASSERT_EQ(all.size(), 1u);
  KernelQuestions questions;
  questions.tunnels = {{all[0].inode, 4'000'000'000}};
  link.ask(questions);
  EXPECT_FALSE(link.is_idle());
  const auto answers = take_until([](const auto& some) { return some.batch_size != 0; });
  EXPECT_TRUE(link.is_idle());
  EXPECT_EQ(answers.batch_size, 1u);
  // For a namespace that cannot be asked there is no answer; for one that can, the answer is that
  // there is no such tunnel.
  ASSERT_EQ(answers.tunnels.size(), all[0].problem.empty() ? 1u : 0u);
  for (const auto& answer : answers.tunnels) EXPECT_FALSE(answer.fact);
}

TEST_F(KernelReaderTest, WhatIsNoQuestionIsNotAnswered) {
  auto ends = PacketChannel::make_ends();
  ASSERT_TRUE(ends);
  PacketChannel hostile(std::move(ends->one), kMostReportBytes);
  std::thread reader([end = std::move(ends->other)]() mutable {
    KernelReader({}, PacketChannel(std::move(end), kMostQuestionBytes)).run();
  });
  EXPECT_TRUE(hostile.send(std::vector<std::uint8_t>(100, 0xff), PacketChannel::Patience::endless));
  EXPECT_TRUE(
      hostile.send(encode(KernelQuestions{{{0, 1}}, {}, {}}), PacketChannel::Patience::endless));
  std::optional<KernelReport> report;
  for (pollfd waited{hostile.descriptor(), POLLIN, 0}; poll(&waited, 1, 10'000) == 1;) {
    std::span<const std::uint8_t> message;
    if (hostile.receive(message) != PacketChannel::Received::message) continue;
    report = decode_report(message);
    ASSERT_TRUE(report);
    if (report->answers.batch_size != 0) break;
  }
  ASSERT_TRUE(report);
  EXPECT_EQ(report->answers.batch_size, 1u);
  hostile = PacketChannel(Fd(), 0);
  reader.join();
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
