// The agent's end of the channel to the kernel reader, with the test at the other end.
#include "agent/collectors/kernel_link.h"

#include <gtest/gtest.h>

#include <optional>

#include "agent/collectors/kernel_messages.h"

namespace pppol2tp::collectors {
namespace {

class KernelLinkTest : public testing::Test {
 protected:
  KernelLinkTest() {
    auto ends = PacketChannel::make_ends();
    link.emplace(std::move(ends->one));
    reader.emplace(std::move(ends->other), kMostQuestionBytes);
  }

  void say(const KernelReport& report) {
    ASSERT_TRUE(reader->send(encode(report), PacketChannel::Patience::none));
  }

  std::optional<KernelLink> link;
  std::optional<PacketChannel> reader;
};

const KernelQuestions kQuestions{{{1, 2}}, {{1, 2, 3}}, {}};

TEST_F(KernelLinkTest, QuestionReachesTheReaderAndIsOpenUntilItsAnswer) {
  link->ask(kQuestions);
  std::span<const std::uint8_t> message;
  ASSERT_EQ(reader->receive(message), PacketChannel::Received::message);
  const auto questions = decode_questions(message);
  ASSERT_TRUE(questions);
  EXPECT_EQ(questions->tunnels, kQuestions.tunnels);
  EXPECT_EQ(questions->sessions, kQuestions.sessions);

  KernelReport found_by_a_walk;
  found_by_a_walk.answers.tunnels = {{{1, 9}, std::nullopt, 5}};
  say(found_by_a_walk);
  EXPECT_FALSE(link->receive());
  EXPECT_FALSE(link->is_idle());

  KernelReport answer;
  answer.answers.sessions = {{{1, 2, 3}, model::KernelSession{}, 6}};
  answer.answers.batch_size = 2;
  answer.is_news = true;
  say(answer);
  EXPECT_TRUE(link->receive());
  EXPECT_TRUE(link->is_idle());
  const KernelAnswers all = link->take();
  EXPECT_EQ(all.tunnels.size(), 1u);
  EXPECT_EQ(all.sessions.size(), 1u);
  EXPECT_EQ(all.batch_size, 2u);
  EXPECT_EQ(link->take().batch_size, 0u);
}

TEST_F(KernelLinkTest, NamespacesAreTheLatestReportsAndStayAfterATake) {
  KernelReport report;
  report.answers.namespaces = {{1, "not opened yet"}};
  say(report);
  report.answers.namespaces = {{1, ""}};
  say(report);
  link->receive();
  const std::vector<KernelAnswers::Namespace> latest{{1, ""}};
  EXPECT_EQ(link->take().namespaces, latest);
  EXPECT_EQ(link->take().namespaces, latest);
}

TEST_F(KernelLinkTest, ReaderThatWasStartedAnewMayBeAskedAgain) {
  link->ask(kQuestions);
  KernelReport restart;
  restart.answers.namespaces = {{0, "the kernel reader was killed by signal 9"}};
  restart.is_news = restart.is_restart = true;
  say(restart);
  EXPECT_TRUE(link->receive());
  EXPECT_TRUE(link->is_idle());
  EXPECT_EQ(link->take().namespaces, restart.answers.namespaces);
}

TEST_F(KernelLinkTest, EndOfTheReaderIsWhatIsWrongWithEveryNamespace) {
  link->ask(kQuestions);
  reader.reset();
  EXPECT_TRUE(link->receive());
  EXPECT_FALSE(link->is_open());
  EXPECT_TRUE(link->is_idle());
  const auto namespaces = link->take().namespaces;
  ASSERT_EQ(namespaces.size(), 1u);
  EXPECT_NE(namespaces[0].problem.find("reader has ended"), std::string::npos);
  link->ask(kQuestions);
  EXPECT_TRUE(link->is_idle()) << "there is nobody to answer";
}

TEST_F(KernelLinkTest, QuestionThatFindsNoRoomIsNotWaitedFor) {
  KernelQuestions many;
  many.sessions.resize(4096);
  int sent = 0;
  do {
    link->ask(many);
    ++sent;
  } while (!link->is_idle() && sent < 1000);
  EXPECT_GT(sent, 1) << "a whole batch fits into the socket's buffer";
  EXPECT_TRUE(link->is_idle());
}

}  // namespace
}  // namespace pppol2tp::collectors
