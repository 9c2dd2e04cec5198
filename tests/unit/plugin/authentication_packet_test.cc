#include "plugin/authentication_packet.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/plugin/packets.h"

namespace pppol2tp {
namespace {

using ring::AuthenticationProtocol;
using test::bytes_of;
using test::Packet;
using Kind = AuthenticationPacket::Kind;

struct Read {
  Kind kind;
  std::string name;
  bool operator==(const Read&) const = default;
};

Read read(std::uint16_t protocol, const Packet& packet) {
  const AuthenticationPacket found = parse_authentication(protocol, packet);
  return {found.kind, std::string(found.name, found.name + found.name_bytes)};
}

AuthenticationProtocol requested(int type, const test::Bytes& data) {
  const Packet holder(0, 0, data);
  const ControlPacket& bytes = holder;
  return requested_authentication(
      {static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(data.size() + 2), bytes.data});
}

const test::Bytes kMd5Value = bytes_of({16}, "0123456789abcdef");

TEST(AuthenticationPacket, OfPap) {
  EXPECT_EQ(read(kProtocolPap, {1, 1, bytes_of({5}, "alice", {3, 'p', 'w', 'd'})}),
            (Read{Kind::answer, "alice"}));
  EXPECT_EQ(read(kProtocolPap, {2, 1, bytes_of({8}, "Login ok")}), (Read{Kind::success, ""}));
  EXPECT_EQ(read(kProtocolPap, {3, 1, bytes_of({0})}), (Read{Kind::failure, ""}));
}

TEST(AuthenticationPacket, OfChap) {
  test::Bytes named = kMd5Value;
  for (const char c : std::string("LNS")) named.push_back(static_cast<std::uint8_t>(c));
  EXPECT_EQ(read(kProtocolChap, {1, 0x67, named}), (Read{Kind::challenge, "LNS"}));
  EXPECT_EQ(read(kProtocolChap, {2, 0x67, named}), (Read{Kind::answer, "LNS"}));
  EXPECT_EQ(read(kProtocolChap, {2, 0x67, kMd5Value}), (Read{Kind::answer, ""}));
  EXPECT_EQ(read(kProtocolChap, {3, 0x67, bytes_of({}, "Access granted")}),
            (Read{Kind::success, ""}));
  EXPECT_EQ(read(kProtocolChap, {4, 0x67, {}}), (Read{Kind::failure, ""}));
}

TEST(AuthenticationPacket, OfEap) {
  EXPECT_EQ(read(kProtocolEap, {1, 1, bytes_of({1}, "Name")}), (Read{Kind::other, ""}));
  EXPECT_EQ(read(kProtocolEap, {2, 1, bytes_of({1}, "alice")}), (Read{Kind::answer, "alice"}));
  EXPECT_EQ(read(kProtocolEap, {2, 2, bytes_of({4, 16}, "0123456789abcdef")}),
            (Read{Kind::answer, ""}));
  EXPECT_EQ(read(kProtocolEap, {3, 2, {}}), (Read{Kind::success, ""}));
  EXPECT_EQ(read(kProtocolEap, {4, 2, {}}), (Read{Kind::failure, ""}));
}

TEST(AuthenticationPacket, WhoseLengthsAreWrongIsNone) {
  EXPECT_EQ(read(kProtocolPap, {1, 1, {}}).kind, Kind::other);
  EXPECT_EQ(read(kProtocolPap, {1, 1, bytes_of({6}, "alice")}).kind, Kind::other);
  EXPECT_EQ(read(kProtocolChap, {1, 1, {}}).kind, Kind::other);
  EXPECT_EQ(read(kProtocolChap, {2, 1, bytes_of({255}, "short")}).kind, Kind::other);
  EXPECT_EQ(read(kProtocolEap, {2, 1, {}}).kind, Kind::other);
}

TEST(AuthenticationPacket, OfAnUnknownCodeOrProtocolIsNone) {
  for (const std::uint16_t protocol : {kProtocolPap, kProtocolChap, kProtocolEap}) {
    EXPECT_EQ(read(protocol, {0, 1, bytes_of({1}, "a")}).kind, Kind::other);
    EXPECT_EQ(read(protocol, {99, 1, bytes_of({1}, "a")}).kind, Kind::other);
  }
  EXPECT_EQ(read(kProtocolLcp, {1, 1, bytes_of({1}, "a")}).kind, Kind::other);
}

TEST(RequestedAuthentication, IsReadFromLcpsOption) {
  EXPECT_EQ(requested(3, bytes_of({0xc0, 0x23})), AuthenticationProtocol::pap);
  EXPECT_EQ(requested(3, bytes_of({0xc2, 0x23, 0x05})), AuthenticationProtocol::chap_md5);
  EXPECT_EQ(requested(3, bytes_of({0xc2, 0x23, 0x80})), AuthenticationProtocol::mschap);
  EXPECT_EQ(requested(3, bytes_of({0xc2, 0x23, 0x81})), AuthenticationProtocol::mschap_v2);
  EXPECT_EQ(requested(3, bytes_of({0xc2, 0x27})), AuthenticationProtocol::eap);
}

TEST(RequestedAuthentication, IsNoneWhenItIsNothingThatPppdKnows) {
  EXPECT_EQ(requested(3, bytes_of({0xc0})), AuthenticationProtocol::none);
  EXPECT_EQ(requested(3, bytes_of({0xc2, 0x23})), AuthenticationProtocol::none);
  EXPECT_EQ(requested(3, bytes_of({0xc2, 0x23, 0x06})), AuthenticationProtocol::none);
  EXPECT_EQ(requested(3, bytes_of({0xc0, 0x27})), AuthenticationProtocol::none);
  EXPECT_EQ(requested(5, bytes_of({0xc0, 0x23})), AuthenticationProtocol::none);
}

}  // namespace
}  // namespace pppol2tp
