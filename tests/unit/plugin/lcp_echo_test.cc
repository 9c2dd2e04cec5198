#include "plugin/lcp_echo.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/unit/plugin/packets.h"

namespace pppol2tp {
namespace {

using test::Packet;

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kSecond = 1'000 * kMs;
constexpr std::uint64_t kStart = 100 * kSecond;

// Magic numbers as in pppd: one for each side.
Packet request(int identifier) {
  return {kLcpEchoRequest, identifier, {0x4d, 0xaf, 0x1b, 0x3b}};
}
Packet reply(int identifier) {
  return {kLcpEchoReply, identifier, {0x8b, 0x0c, 0x21, 0x77}};
}

class LcpEchoTest : public testing::Test {
 protected:
  void send(int identifier, std::uint64_t at_ns) {
    echo_.request_sent(request(identifier), kStart + at_ns);
  }
  void receive(int identifier, std::uint64_t at_ns) {
    echo_.reply_received(reply(identifier), kStart + at_ns);
  }
  void expect(unsigned requests, unsigned replies, unsigned losses) {
    EXPECT_EQ(now().requests, requests);
    EXPECT_EQ(now().replies, replies);
    EXPECT_EQ(now().losses, losses);
    EXPECT_EQ(std::accumulate(std::begin(now().replies_by_rtt), std::end(now().replies_by_rtt), 0u),
              replies);
  }
  const ring::EchoSection& now() const { return echo_.measured(); }

  LcpEcho echo_;
};

TEST_F(LcpEchoTest, NothingIsKnownBeforeTheFirstRequest) {
  receive(1, 0);
  EXPECT_EQ(now().updated_ns, 0u);
  expect(0, 0, 0);
}

TEST_F(LcpEchoTest, RoundTripTimeIsFromTheRequestToItsReply) {
  send(0, 0);
  receive(0, 12 * kMs);
  expect(1, 1, 0);
  EXPECT_EQ(now().rtt_latest_ns, 12 * kMs);
  EXPECT_EQ(now().rtt_sum_ns, 12 * kMs);
  EXPECT_EQ(now().updated_ns, kStart + 12 * kMs);
}

TEST_F(LcpEchoTest, RepliesOutOfOrderBelongToTheirOwnRequests) {
  send(1, 0);
  send(2, 1000 * kMs);
  receive(2, 1010 * kMs);
  EXPECT_EQ(now().rtt_latest_ns, 10 * kMs);
  receive(1, 1500 * kMs);
  EXPECT_EQ(now().rtt_latest_ns, 1500 * kMs);
  expect(2, 2, 0);
}

TEST_F(LcpEchoTest, ADuplicateReplyCountsNothing) {
  send(1, 0);
  receive(1, 10 * kMs);
  receive(1, 20 * kMs);
  expect(1, 1, 0);
  EXPECT_EQ(now().rtt_sum_ns, 10 * kMs);
}

TEST_F(LcpEchoTest, ARequestIsLostWhenPatienceIsOver) {
  send(1, 0);
  echo_.give_up_late(kStart + ring::kEchoPatienceNs);
  expect(1, 0, 0);
  echo_.give_up_late(kStart + ring::kEchoPatienceNs + 1);
  expect(1, 0, 1);
}

TEST_F(LcpEchoTest, AReplyAtTheLastMomentCountsAndOneAfterItIsLate) {
  send(1, 0);
  receive(1, ring::kEchoPatienceNs);
  expect(1, 1, 0);
  EXPECT_EQ(now().replies_by_rtt[ring::kEchoRttBoundsNs.size() - 1], 1u);
  send(2, 10 * kSecond);
  receive(2, 10 * kSecond + ring::kEchoPatienceNs + 1);
  expect(2, 1, 1);
}

TEST_F(LcpEchoTest, ALateReplyIsNotTakenForTheNextRequests) {
  send(1, 0);
  send(2, 6 * kSecond);
  receive(1, 6 * kSecond + 5 * kMs);
  expect(2, 0, 1);
  receive(2, 6 * kSecond + 30 * kMs);
  expect(2, 1, 1);
  EXPECT_EQ(now().rtt_latest_ns, 30 * kMs);
}

TEST_F(LcpEchoTest, IdentifiersMayWrap) {
  for (int i = 0; i < 600; ++i) {
    const std::uint64_t at = static_cast<std::uint64_t>(i) * kSecond;
    send(i & 0xff, at);
    if (i % 3 != 0) receive(i & 0xff, at + kMs);
  }
  echo_.give_up_late(kStart + 700 * kSecond);
  expect(600, 400, 200);
  EXPECT_EQ(now().rtt_sum_ns, 400 * kMs);
}

TEST_F(LcpEchoTest, ARequestWhoseIdentifierIsUsedAgainIsLost) {
  // LCP started over: pppd counts from 0 again.
  send(0, 0);
  send(0, 2 * kSecond);
  expect(2, 0, 1);
  receive(0, 2 * kSecond + 7 * kMs);
  expect(2, 1, 1);
  EXPECT_EQ(now().rtt_latest_ns, 7 * kMs);
}

TEST_F(LcpEchoTest, AReplyWithOurOwnMagicNumberIsALoopAndNoAnswer) {
  send(1, 0);
  echo_.reply_received(Packet{kLcpEchoReply, 1, {0x4d, 0xaf, 0x1b, 0x3b}}, kStart + kMs);
  expect(1, 0, 0);
  receive(1, 2 * kMs);
  expect(1, 1, 0);
}

TEST_F(LcpEchoTest, WithoutMagicNumbersBothSidesSayZero) {
  echo_.request_sent(Packet{kLcpEchoRequest, 1, {0, 0, 0, 0}}, kStart);
  echo_.reply_received(Packet{kLcpEchoReply, 1, {0, 0, 0, 0}}, kStart + kMs);
  expect(1, 1, 0);
}

TEST_F(LcpEchoTest, WhatIsTooShortForAMagicNumberIsIgnoredAsPppdIgnoresIt) {
  echo_.request_sent(Packet{kLcpEchoRequest, 1, {1, 2, 3}}, kStart);
  expect(0, 0, 0);
  send(1, 0);
  echo_.reply_received(Packet{kLcpEchoReply, 1, {1, 2, 3}}, kStart + kMs);
  expect(1, 0, 0);
}

TEST_F(LcpEchoTest, MoreRequestsThanCanBeWatchedLoseTheOldest) {
  for (int i = 0; i < 10; ++i) send(i, static_cast<std::uint64_t>(i) * kMs);
  expect(10, 0, 2);
  receive(0, 20 * kMs);
  receive(9, 20 * kMs);
  expect(10, 1, 2);
}

TEST_F(LcpEchoTest, AllAreLostWhenTheLinkIsGivenUp) {
  send(1, 0);
  send(2, kSecond);
  echo_.give_up_all(kStart + 2 * kSecond);
  expect(2, 0, 2);
  receive(2, 2 * kSecond + 1);
  expect(2, 0, 2);
}

TEST_F(LcpEchoTest, EachReplyIsInTheBucketOfItsTime) {
  std::uint64_t at = 0;
  for (const std::uint64_t bound : ring::kEchoRttBoundsNs) {
    for (const std::uint64_t rtt : {bound, bound - 1}) {
      send(1, at);
      receive(1, at + rtt);
      at += 10 * kSecond;
    }
  }
  for (const std::uint32_t replies : now().replies_by_rtt) EXPECT_EQ(replies, 2u);
}

}  // namespace
}  // namespace pppol2tp
