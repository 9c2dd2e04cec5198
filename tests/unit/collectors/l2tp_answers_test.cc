// With answers captured from kernels (l2tp_messages/), and with errors that are hard to provoke.
#include "agent/collectors/l2tp_answers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <variant>

#include "tests/unit/collectors/captured.h"

namespace pppol2tp::collectors {
namespace {

using test::Datagram;

nlmsghdr first_header(const Datagram& datagram) {
  nlmsghdr header;
  std::memcpy(&header, datagram.data(), sizeof header);
  return header;
}

void set_flag(Datagram& datagram, std::uint16_t flag) {
  nlmsghdr header = first_header(datagram);
  header.nlmsg_flags |= flag;
  std::memcpy(datagram.data(), &header, sizeof header);
}

// The kernel's refusal: the error number, and the header of the refused message.
Datagram refusal(std::uint16_t type, std::uint32_t sequence, int error_number) {
  Datagram bytes(sizeof(nlmsghdr) + sizeof(int) + sizeof(nlmsghdr));
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(bytes.size());
  header.nlmsg_type = type;
  header.nlmsg_seq = sequence;
  const int negative = -error_number;
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, &negative, sizeof negative);
  return bytes;
}

class L2tpAnswers : public testing::TestWithParam<const char*> {
 protected:
  Datagram captured(std::string_view title, std::size_t number = 0) const {
    return test::captured(GetParam(), title).at(number);
  }
  std::optional<Result<L2tpFact>> answer(Datagram bytes, std::uint32_t sequence) const {
    return find_answer(bytes, bytes.size(), sequence);
  }
  std::optional<Result<L2tpFact>> answer(const Datagram& bytes) const {
    return answer(bytes, first_header(bytes).nlmsg_seq);
  }
  Result<WalkPart> part(Datagram bytes, std::uint32_t sequence) const {
    return find_walk_part(bytes, bytes.size(), sequence);
  }
  Result<WalkPart> part(const Datagram& bytes) const {
    return part(bytes, first_header(bytes).nlmsg_seq);
  }
};
INSTANTIATE_TEST_SUITE_P(Kernel, L2tpAnswers, testing::Values("6.1", "6.12"),
                         [](const auto& kernel) {
                           std::string name = kernel.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return "Linux" + name;
                         });

TEST_P(L2tpAnswers, AnswerIsAFact) {
  const auto found = answer(captured("one session"));
  ASSERT_TRUE(found && *found);
  EXPECT_TRUE(std::holds_alternative<model::KernelSession>(**found));
}

TEST_P(L2tpAnswers, KernelThatHasNoSuchThingIsNoError) {
  for (const char* const title : {"no such tunnel", "no such session"}) {
    const auto found = answer(captured(title));
    ASSERT_TRUE(found && *found) << title;
    EXPECT_TRUE(std::holds_alternative<std::monostate>(**found)) << title;
  }
}

TEST_P(L2tpAnswers, AnswerToAnEarlierQuestionIsNone) {
  const Datagram late = captured("one session");
  EXPECT_FALSE(answer(late, first_header(late).nlmsg_seq + 1));
}

TEST_P(L2tpAnswers, MissingPrivilegeIsNamed) {
  const auto found = answer(refusal(NLMSG_ERROR, 7, EPERM));
  ASSERT_TRUE(found && !*found);
  EXPECT_NE(found->error().message.find("CAP_NET_ADMIN is missing"), std::string::npos);
}

TEST_P(L2tpAnswers, WalkComesInPartsOfWhichTheLastSaysSo) {
  const auto first = part(captured("sessions"));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->facts.size(), 3u);
  const auto end = part(test::captured(GetParam(), "sessions").back());
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->is_last);
}

TEST_P(L2tpAnswers, WalkThatAChangeInterruptedIsAFailureThatSaysSo) {
  Datagram bytes = captured("sessions");
  set_flag(bytes, NLM_F_DUMP_INTR);
  const auto interrupted = part(bytes);
  ASSERT_FALSE(interrupted);
  EXPECT_NE(interrupted.error().message.find("interrupted by a change"), std::string::npos);
}

TEST_P(L2tpAnswers, WalkThatTheKernelRefusesOrBreaksOffIsAFailureThatNamesTheReason) {
  for (const std::uint16_t type : {NLMSG_ERROR, NLMSG_DONE}) {
    const auto refused = part(refusal(type, 7, ENOMEM));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("Cannot allocate memory"), std::string::npos);
  }
}

TEST_P(L2tpAnswers, PartOfAnEarlierWalkHasNothingInIt) {
  const Datagram late = captured("sessions");
  const auto found = part(late, first_header(late).nlmsg_seq + 1);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->facts.empty());
  EXPECT_FALSE(found->is_last);
}

}  // namespace
}  // namespace pppol2tp::collectors
