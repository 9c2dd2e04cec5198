// Large answers, many clients, and clients that are slow or leave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/http/server_fixture.h"

namespace pppol2tp::http {
namespace {

using namespace std::chrono_literals;
using ::testing::SizeIs;

class ServerClientsTest : public ServerTest {};

TEST_F(ServerClientsTest, StreamsALargeBodyInChunks) {
  start();
  const auto body = joined_chunks(get(address_, "/large").body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->size(), kLargeBytes);
  EXPECT_TRUE(*body == large_piece(0, kLargeBytes));
}

TEST_F(ServerClientsTest, StreamsALargeBodyOfKnownLength) {
  start();
  const Response response = get(address_, "/large-known");
  EXPECT_EQ(response.header("Content-Length"), std::to_string(kLargeBytes));
  EXPECT_EQ(response.body.size(), kLargeBytes);
  EXPECT_TRUE(response.body == large_piece(0, kLargeBytes));
}

TEST_F(ServerClientsTest, SurvivesAClientThatLeavesInTheMiddle) {
  start();
  Client client(address_);
  client.send("GET /large HTTP/1.1\r\n\r\n");
  EXPECT_THAT(client.receive(10), SizeIs(10));
  client.close();
  EXPECT_TRUE(comes_true([&] { return counts_of("/large").unfinished == 1; }));
  EXPECT_EQ(get(address_, "/hello").status, 200);
}

TEST_F(ServerClientsTest, ServesManyClientsAtOnce) {
  constexpr int kClients = 40;
  start();
  std::atomic<int> served = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        if (get(address_, "/hello").body == "hello") ++served;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(served, kClients * 5);
}

TEST_F(ServerClientsTest, DoesNotGiveAThreadToConnectionsThatSendNothing) {
  start({.listen = {"127.0.0.1:0"}, .threads = 2});
  std::vector<Client> idle;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(idle.emplace_back(address_).is_connected());
  EXPECT_EQ(get(address_, "/hello").status, 200);
  EXPECT_EQ(server_->counts().connections.accepted, 1U);
}

TEST_F(ServerClientsTest, ShutsDownConnectionsThatDoNotCompleteTheirRequest) {
  start({.listen = {"127.0.0.1:0"}, .threads = 2, .request_timeout = 1min});
  std::vector<Client> slow;
  for (int i = 0; i < 10; ++i) {
    slow.emplace_back(address_);
    ASSERT_TRUE(slow.back().send("GET /hello HT"));
  }
  EXPECT_EQ(get(address_, "/hello").status, 200);
  EXPECT_GE(server_->counts().connections.shut_down, 9U);
}

TEST_F(ServerClientsTest, ShutsDownConnectionsThatDoNotReadTheirAnswer) {
  start({.listen = {"127.0.0.1:0"}, .threads = 2, .request_timeout = 1min});
  std::vector<Client> slow;
  for (int i = 0; i < 2; ++i) {
    slow.emplace_back(address_, /*receive_buffer=*/4096);
    ASSERT_TRUE(slow.back().send("GET /large HTTP/1.1\r\n\r\n"));
  }
  EXPECT_EQ(get(address_, "/hello").status, 200);
}

TEST_F(ServerClientsTest, ShutsDownSlowReadersBeyondAFewThoughThreadsAreFree) {
  constexpr std::size_t kStay = 8;
  constexpr std::size_t kSlow = kStay + 4;
  start({.listen = {"127.0.0.1:0"}, .threads = 64, .request_timeout = 1min});
  std::vector<Client> slow;
  for (std::size_t i = 0; i < kSlow; ++i) {
    slow.emplace_back(address_, /*receive_buffer=*/4096);
    ASSERT_TRUE(slow.back().send("GET /large HTTP/1.1\r\n\r\n"));
  }
  ASSERT_TRUE(comes_true([&] { return server_->counts().connections.shut_down == kSlow - kStay; }));
  EXPECT_TRUE(comes_true([&] { return server_->counts().connections.open == kStay; }));
  EXPECT_EQ(server_->counts().connections.accepted, kSlow);
}

TEST_F(ServerClientsTest, ShutsDownOthersWhereASlowClientOverIpv6CannotBe) {
  start({.listen = {"127.0.0.1:0", "[::1]:0"}, .threads = 4, .request_timeout = 1min});
  std::vector<Client> slow;
  slow.emplace_back(server_->addresses()[1]);
  ASSERT_TRUE(slow.back().send("GET /hello HT"));
  ASSERT_TRUE(comes_true([&] { return server_->counts().connections.open == 1; }));
  for (int i = 0; i < 3; ++i) {
    slow.emplace_back(address_);
    ASSERT_TRUE(slow.back().send("GET /hello HT"));
  }
  EXPECT_EQ(get(address_, "/hello").status, 200);
}

TEST_F(ServerClientsTest, GivesUpOnARequestThatTakesTooLong) {
  start({.listen = {"127.0.0.1:0"}, .threads = 8, .request_timeout = 100ms});
  const Client client(address_);
  client.send("GET /hello HT");
  EXPECT_TRUE(client.sees_close());
}

}  // namespace
}  // namespace pppol2tp::http
