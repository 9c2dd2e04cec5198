#include "plugin/kernel_session.h"

#include <gtest/gtest.h>
#include <linux/genetlink.h>
#include <linux/l2tp.h>
#include <linux/netlink.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace pppol2tp {
namespace {

constexpr std::uint16_t kFamily = 0x1d;

// A message as the kernel would send it.
class Message {
 public:
  explicit Message(std::uint16_t type) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    put(header);
  }
  template <typename T>
  Message& put(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Message& attribute(std::uint16_t type, std::uint16_t value) {
    put(nlattr{static_cast<std::uint16_t>(NLA_HDRLEN + sizeof value), type});
    return put(value).put(std::uint16_t{0});
  }
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(bytes_)); }
  std::span<const std::byte> without_last(std::size_t count) const {
    return bytes().first(bytes_.size() - count);
  }

 private:
  std::string bytes_;
};

Message family_answer() {
  return Message(GENL_ID_CTRL)
      .put(genlmsghdr{CTRL_CMD_NEWFAMILY, 2, 0})
      .attribute(CTRL_ATTR_VERSION, 1)
      .attribute(CTRL_ATTR_FAMILY_ID, kFamily);
}

TEST(KernelSession, FamilysNumberIsReadFromAmongItsAttributes) {
  EXPECT_EQ(family_in(family_answer().bytes()), kFamily);
}

TEST(KernelSession, AnAnswerWithoutAFamilyHasNone) {
  EXPECT_EQ(family_in({}), 0);
  EXPECT_EQ(family_in(Message(NLMSG_ERROR).put(-ENOENT).bytes()), 0);
  EXPECT_EQ(family_in(Message(GENL_ID_CTRL).put(genlmsghdr{}).bytes()), 0);
  EXPECT_EQ(family_in(family_answer().without_last(4)), 0) << "the number itself is cut off";
  EXPECT_EQ(family_in(Message(GENL_ID_CTRL).put(genlmsghdr{}).put(nlattr{0, 99}).bytes()), 0)
      << "an attribute that does not even hold itself";
}

TEST(KernelSession, ASessionThatAnswersIsPresent) {
  EXPECT_EQ(view_in(kFamily, Message(kFamily).put(genlmsghdr{}).bytes()), KernelView::present);
}

TEST(KernelSession, OnlyTheErrorThatSaysSoMeansAbsent) {
  EXPECT_EQ(view_in(kFamily, Message(NLMSG_ERROR).put(-ENODEV).bytes()), KernelView::absent);
  EXPECT_EQ(view_in(kFamily, Message(NLMSG_ERROR).put(-EPERM).bytes()), KernelView::unknown);
  EXPECT_EQ(view_in(kFamily, Message(NLMSG_ERROR).put(0).bytes()), KernelView::unknown);
  EXPECT_EQ(view_in(kFamily, Message(NLMSG_ERROR).bytes()), KernelView::unknown);
  EXPECT_EQ(view_in(kFamily, {}), KernelView::unknown);
}

TEST(KernelSession, TheQuestionNamesTunnelAndSession) {
  NetlinkMessage message{};
  const std::size_t bytes = ask_for_session(kFamily, 0x11223344, 0x55667788, message);
  EXPECT_EQ(bytes, std::size_t{NLMSG_HDRLEN + GENL_HDRLEN + 2 * (NLA_HDRLEN + 4)});
  nlmsghdr header;
  std::memcpy(&header, message.data(), sizeof header);
  EXPECT_EQ(header.nlmsg_len, bytes);
  EXPECT_EQ(header.nlmsg_type, kFamily);
  EXPECT_EQ(header.nlmsg_flags, NLM_F_REQUEST);
  EXPECT_EQ(message[NLMSG_HDRLEN], std::byte{L2TP_CMD_SESSION_GET});
  std::uint32_t ids[2];
  std::memcpy(&ids[0], message.data() + 24, sizeof ids[0]);
  std::memcpy(&ids[1], message.data() + 32, sizeof ids[1]);
  EXPECT_EQ(ids[0], 0x11223344u);
  EXPECT_EQ(ids[1], 0x55667788u);
}

TEST(KernelSession, ASessionThatNobodyMadeIsNotPresent) {
  // With or without L2TP in this machine's kernel.
  EXPECT_NE(look_for_session(0xfffffff0, 0xfffffff1), KernelView::present);
}

}  // namespace
}  // namespace pppol2tp
