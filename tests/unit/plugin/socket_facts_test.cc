#include "plugin/socket_facts.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

namespace pppol2tp {
namespace {

using Bytes = std::vector<std::uint8_t>;

// The names are built byte by byte, as Linux lays them out on a little-endian machine
// (<linux/if_pppol2tp.h>; both struct and fields are packed), and not with the structs under test.
void put(Bytes& bytes, std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(value));
    value >>= 8;
  }
}

Bytes name_start() {
  Bytes bytes;
  put(bytes, 24, 2);    // AF_PPPOX
  put(bytes, 1, 4);     // PX_PROTO_OL2TP
  put(bytes, 4711, 4);  // pid of the process that connected it
  put(bytes, 7, 4);     // its descriptor
  return bytes;
}

void put_ipv4(Bytes& bytes) {
  put(bytes, AF_INET, 2);
  put(bytes, htons(1701), 2);
  for (const int octet : {10, 99, 0, 2}) {
    put(bytes, static_cast<std::uint64_t>(octet), 1);
  }
  put(bytes, 0, 8);
}

void put_ipv6(Bytes& bytes) {
  put(bytes, AF_INET6, 2);
  put(bytes, htons(1702), 2);
  put(bytes, 0, 4);
  put(bytes, 0xfe, 1);
  put(bytes, 0x80, 1);
  put(bytes, 0, 13);
  put(bytes, 0x15, 1);
  put(bytes, 3, 4);
}

// Own tunnel and session, then the peer's.
void put_ids(Bytes& bytes, int size) {
  for (const std::uint64_t id : {0xfff1u, 0xfff2u, 0xfff3u, 0xfff4u}) {
    put(bytes, size == 4 ? 0xdead0000u | id : id, size);
  }
}

SocketFacts decoded(const Bytes& name) {
  SocketFacts facts{};
  EXPECT_TRUE(decode_socket_name(name.data(), name.size(), facts));
  return facts;
}

void expect_ids(const SocketFacts& facts, std::uint32_t high) {
  EXPECT_EQ(facts.tunnel_id, high | 0xfff1u);
  EXPECT_EQ(facts.session_id, high | 0xfff2u);
  EXPECT_EQ(facts.peer_tunnel_id, high | 0xfff3u);
  EXPECT_EQ(facts.peer_session_id, high | 0xfff4u);
}

void expect_ipv4(const SocketFacts& facts) {
  EXPECT_EQ(facts.peer_family, ring::Family::ipv4);
  EXPECT_EQ(facts.peer_port, 1701);
  char text[INET_ADDRSTRLEN];
  EXPECT_STREQ(inet_ntop(AF_INET, facts.peer_address, text, sizeof(text)), "10.99.0.2");
}

void expect_ipv6(const SocketFacts& facts) {
  EXPECT_EQ(facts.peer_family, ring::Family::ipv6);
  EXPECT_EQ(facts.peer_port, 1702);
  char text[INET6_ADDRSTRLEN];
  EXPECT_STREQ(inet_ntop(AF_INET6, facts.peer_address, text, sizeof(text)), "fe80::15");
}

TEST(SocketName, OfL2tpv2OverIpv4IsDecoded) {
  Bytes name = name_start();
  put_ipv4(name);
  put_ids(name, 2);
  ASSERT_EQ(name.size(), 38u);
  expect_ids(decoded(name), 0);
  expect_ipv4(decoded(name));
}

TEST(SocketName, OfL2tpv2OverIpv6IsDecoded) {
  Bytes name = name_start();
  put_ids(name, 2);
  put_ipv6(name);
  ASSERT_EQ(name.size(), 50u);
  expect_ids(decoded(name), 0);
  expect_ipv6(decoded(name));
}

TEST(SocketName, OfL2tpv3OverIpv4IsDecoded) {
  Bytes name = name_start();
  put_ipv4(name);
  put_ids(name, 4);
  ASSERT_EQ(name.size(), 46u);
  expect_ids(decoded(name), 0xdead0000);
  expect_ipv4(decoded(name));
}

TEST(SocketName, OfL2tpv3OverIpv6IsDecoded) {
  Bytes name = name_start();
  put_ids(name, 4);
  put_ipv6(name);
  ASSERT_EQ(name.size(), 58u);
  expect_ids(decoded(name), 0xdead0000);
  expect_ipv6(decoded(name));
}

TEST(SocketName, WithoutAPeersAddressStillHasItsIds) {
  Bytes name = name_start();
  put(name, 0, 16);
  put_ids(name, 2);
  expect_ids(decoded(name), 0);
  EXPECT_EQ(decoded(name).peer_family, ring::Family::none);
}

TEST(SocketName, OfAnotherKindIsRefused) {
  SocketFacts facts{};
  Bytes pppoe = name_start();
  put_ipv4(pppoe);
  put_ids(pppoe, 2);
  pppoe[2] = 0;  // PX_PROTO_OE
  EXPECT_FALSE(decode_socket_name(pppoe.data(), pppoe.size(), facts));

  Bytes inet(38, 0);
  inet[0] = AF_INET;
  EXPECT_FALSE(decode_socket_name(inet.data(), inet.size(), facts));
}

TEST(SocketName, OfAnyOtherLengthIsRefused) {
  const Bytes name(128, 24);
  SocketFacts facts{};
  for (std::size_t bytes = 0; bytes <= name.size(); ++bytes) {
    if (bytes != 38 && bytes != 46 && bytes != 50 && bytes != 58) {
      EXPECT_FALSE(decode_socket_name(name.data(), bytes, facts)) << bytes << " bytes";
    }
  }
}

TEST(SocketName, IsNotReadFromSocketsThatAreNoSessions) {
  SocketFacts facts{};
  EXPECT_FALSE(read_socket_name(-1, facts));
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  ASSERT_GE(fd, 0);
  EXPECT_FALSE(read_socket_name(fd, facts));
  close(fd);
}

TEST(Counters, AreNotReadFromSocketsThatAreNoSessions) {
  ring::CountersSection counters{};
  counters.transmit_packets = 42;
  EXPECT_FALSE(read_counters(-1, counters));
  EXPECT_EQ(counters.transmit_packets, 42u);
}

}  // namespace
}  // namespace pppol2tp
