#include "plugin/control_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using Bytes = std::vector<std::uint8_t>;

struct Classified {
  FrameKind kind;
  std::uint16_t protocol = 0;
  ControlPacket packet{};
};

// A copy on the heap with nothing behind it, so that AddressSanitizer detects any read past its
// end.
std::unique_ptr<std::uint8_t[]> exact_copy(const Bytes& bytes) {
  auto copy = std::make_unique<std::uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), copy.get());
  return copy;
}

Classified classify(const Bytes& frame) {
  const auto copy = exact_copy(frame);
  Classified result;
  result.kind = classify_frame(copy.get(), frame.size(), &result.protocol, &result.packet);
  result.packet.data = nullptr;  // gone with the copy
  return result;
}

Bytes lcp_frame(std::uint8_t code, const Bytes& data) {
  const auto length = static_cast<std::uint8_t>(data.size() + 4);
  Bytes frame = {0xff, 0x03, 0xc0, 0x21, code, 7, 0, length};
  for (const std::uint8_t byte : data) {
    frame.push_back(byte);
  }
  return frame;
}

std::vector<std::pair<int, Bytes>> options_of(const Bytes& data) {
  const auto copy = exact_copy(data);
  LcpOptions options = {copy.get(), data.size()};
  LcpOption option;
  std::vector<std::pair<int, Bytes>> found;
  while (next_lcp_option(&options, &option) != 0) {
    found.emplace_back(option.type, Bytes(option.data, option.data + option.bytes - 2));
  }
  return found;
}

std::string printable(const std::string& text, std::size_t room) {
  std::string out(room, '#');
  copy_printable(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), out.data(),
                 out.size());
  return out.c_str();
}

TEST(ClassifyFrame, FindsAnControlPacket) {
  const Classified found = classify(lcp_frame(5, {'b', 'y', 'e'}));
  EXPECT_EQ(found.kind, kFrameLcp);
  EXPECT_EQ(found.protocol, 0xc021);
  EXPECT_EQ(found.packet.code, kLcpTerminateRequest);
  EXPECT_EQ(found.packet.identifier, 7);
  EXPECT_EQ(found.packet.data_bytes, 3u);
}

TEST(ClassifyFrame, FindsPacketsOfTheAuthenticationProtocols) {
  for (const std::uint16_t protocol : {kProtocolPap, kProtocolChap, kProtocolEap}) {
    Bytes frame = lcp_frame(1, {3, 'b', 'o', 'b'});
    frame[2] = static_cast<std::uint8_t>(protocol >> 8);
    frame[3] = static_cast<std::uint8_t>(protocol);
    const Classified found = classify(frame);
    EXPECT_EQ(found.kind, kFrameAuthentication);
    EXPECT_EQ(found.protocol, protocol);
    EXPECT_EQ(found.packet.data_bytes, 4u);
    frame.pop_back();
    EXPECT_EQ(classify(frame).kind, kFrameOther) << "shorter than it says";
  }
}

TEST(ClassifyFrame, PointsAtThePacketsData) {
  const Bytes frame = lcp_frame(5, {'b', 'y', 'e'});
  std::uint16_t protocol;
  ControlPacket packet;
  ASSERT_EQ(classify_frame(frame.data(), frame.size(), &protocol, &packet), kFrameLcp);
  EXPECT_EQ(packet.data, frame.data() + 8);
}

TEST(ClassifyFrame, LeavesOutPadding) {
  Bytes frame = lcp_frame(5, {'b', 'y', 'e'});
  frame.insert(frame.end(), 20, 0);
  EXPECT_EQ(classify(frame).packet.data_bytes, 3u);
}

TEST(ClassifyFrame, TakesAnEmptyPacket) {
  const Classified found = classify(lcp_frame(5, {}));
  EXPECT_EQ(found.kind, kFrameLcp);
  EXPECT_EQ(found.packet.data_bytes, 0u);
}

TEST(ClassifyFrame, RefusesAPacketThatClaimsMoreThanThereIs) {
  Bytes frame = lcp_frame(2, {2, 6, 0, 0, 0, 0});
  frame.pop_back();
  EXPECT_EQ(classify(frame).kind, kFrameOther);
}

TEST(ClassifyFrame, RefusesAPacketThatClaimsLessThanItsHeader) {
  Bytes frame = lcp_frame(2, {});
  frame[7] = 3;
  EXPECT_EQ(classify(frame).kind, kFrameOther);
}

TEST(ClassifyFrame, NeverReadsPastTheEndOfAShortFrame) {
  const Bytes whole = lcp_frame(2, {2, 6, 0, 0, 0, 0});
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(bytes));
    EXPECT_EQ(classify(cut).kind, kFrameOther) << bytes << " bytes";
  }
}

TEST(ClassifyFrame, TellsNetworkProtocolsFromOtherControlProtocols) {
  EXPECT_EQ(classify({0xff, 0x03, 0x00, 0x57, 0x60}).kind, kFrameNetwork);
  EXPECT_EQ(classify({0xff, 0x03, 0x3f, 0xff}).kind, kFrameNetwork);
  EXPECT_EQ(classify({0xff, 0x03, 0x40, 0x00}).kind, kFrameOther);
  EXPECT_EQ(classify({0xff, 0x03, 0x80, 0x21, 1, 1, 0, 4}).kind, kFrameOther);
}

TEST(ClassifyFrame, ReadsACompressedProtocol) {
  const Classified found = classify({0xff, 0x03, 0x21, 0x45});
  EXPECT_EQ(found.kind, kFrameNetwork);
  EXPECT_EQ(found.protocol, 0x21);
}

TEST(LcpOptions, AreFoundOneByOne) {
  EXPECT_THAT(options_of({1, 4, 0x05, 0xdc, 2, 6, 0, 0x0a, 0, 0, 7, 2}),
              testing::ElementsAre(testing::Pair(1, Bytes{0x05, 0xdc}),
                                   testing::Pair(kLcpOptionAsyncMap, Bytes{0, 0x0a, 0, 0}),
                                   testing::Pair(7, Bytes{})));
}

TEST(LcpOptions, EndAtAMalformedOne) {
  EXPECT_THAT(options_of({7, 2, 2, 6, 0, 0}), testing::SizeIs(1));  // claims more than is left
  EXPECT_THAT(options_of({7, 2, 2, 1, 7, 2}), testing::SizeIs(1));  // shorter than its own header
  EXPECT_THAT(options_of({7, 2, 2, 0, 7, 2}), testing::SizeIs(1));  // would never end
  EXPECT_THAT(options_of({7, 2, 2}), testing::SizeIs(1));           // no length byte
  EXPECT_THAT(options_of({}), testing::IsEmpty());
}

TEST(CopyPrintable, KeepsPrintableAscii) {
  EXPECT_EQ(printable("User request (~ok~)", 96), "User request (~ok~)");
}

TEST(CopyPrintable, EscapesEverythingElse) {
  EXPECT_EQ(printable(std::string("a\0b\n\x7f\xc3\xa4\\", 8), 96),
            "a\\x00b\\x0a\\x7f\\xc3\\xa4\\\\");
}

TEST(CopyPrintable, CutsBetweenCharacters) {
  EXPECT_EQ(printable("abcdef", 4), "abc");
  EXPECT_EQ(printable("ab\n", 6), "ab");  // "ab\x0a" takes seven with its end
  EXPECT_EQ(printable("ab\n", 7), "ab\\x0a");
}

TEST(CopyPrintable, WritesNothingWhereThereIsNoRoom) {
  char untouched = '#';
  copy_printable(reinterpret_cast<const std::uint8_t*>("x"), 1, &untouched, 0);
  EXPECT_EQ(untouched, '#');
}

}  // namespace
