#include "agent/base/packet_channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <optional>
#include <string>

namespace pppol2tp {
namespace {

using Received = PacketChannel::Received;
using Patience = PacketChannel::Patience;
using Bytes = std::vector<std::uint8_t>;

class PacketChannelTest : public testing::Test {
 protected:
  PacketChannelTest() {
    auto ends = PacketChannel::make_ends();
    near.emplace(std::move(ends->one), 1'000'000);
    far.emplace(std::move(ends->other), 100'000);
  }

  // Returns nothing if there is none.
  std::optional<Bytes> receive() {
    std::span<const std::uint8_t> message;
    if (far->receive(message) != Received::message) return std::nullopt;
    return Bytes(message.begin(), message.end());
  }

  void send_packet(const std::string& packet) {
    ASSERT_EQ(::send(near->descriptor(), packet.data(), packet.size(), 0),
              static_cast<ssize_t>(packet.size()));
  }

  std::optional<PacketChannel> near;
  std::optional<PacketChannel> far;
};

Bytes some(std::size_t length) {
  Bytes bytes(length);
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7);
  return bytes;
}

TEST_F(PacketChannelTest, MessagesOfAnyLengthArriveInOrder) {
  for (const std::size_t length : {1, 32'766, 32'767, 32'768, 70'000}) {
    ASSERT_TRUE(near->send(some(length), Patience::none));
    ASSERT_TRUE(near->send(some(0), Patience::none));
    EXPECT_EQ(receive(), some(length));
    EXPECT_EQ(receive(), some(0));
    EXPECT_EQ(receive(), std::nullopt);
  }
}

TEST_F(PacketChannelTest, MessageThatIsTooLongIsDropped) {
  ASSERT_TRUE(near->send(some(100'001), Patience::none));
  EXPECT_EQ(receive(), std::nullopt);
  ASSERT_TRUE(near->send(some(100'000), Patience::none));
  EXPECT_EQ(receive(), some(100'000));
}

TEST_F(PacketChannelTest, MessageThatIsNotEndedIsDroppedWhenTheNextBegins) {
  send_packet("\1abc");
  ASSERT_TRUE(near->send(some(3), Patience::none));
  EXPECT_EQ(receive(), some(3));
}

TEST_F(PacketChannelTest, PartsWithoutABeginningAreDropped) {
  send_packet(std::string("\0abc", 4));
  send_packet("\2abc");
  EXPECT_EQ(receive(), std::nullopt);
}

TEST_F(PacketChannelTest, PacketOfForeignSizeIsDropped) {
  send_packet(std::string(40'000, '\3'));
  ASSERT_TRUE(near->send(some(3), Patience::none));
  EXPECT_EQ(receive(), some(3));
}

TEST_F(PacketChannelTest, EndIsToldAfterWhatWasSentBeforeIt) {
  ASSERT_TRUE(near->send(some(3), Patience::none));
  near.reset();
  EXPECT_EQ(receive(), some(3));
  std::span<const std::uint8_t> message;
  EXPECT_EQ(far->receive(message), Received::end);
  EXPECT_FALSE(far->send(some(3), Patience::endless));
}

TEST_F(PacketChannelTest, SenderWithoutPatienceFailsWhenThereIsNoRoom) {
  int sent = 0;
  while (near->send(some(1'000), Patience::none)) ++sent;
  EXPECT_GT(sent, 50);
  EXPECT_EQ(receive(), some(1'000));
}

}  // namespace
}  // namespace pppol2tp
