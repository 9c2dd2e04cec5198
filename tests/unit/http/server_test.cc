#include "agent/http/server.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/http/server_fixture.h"

namespace pppol2tp::http {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST_F(ServerTest, StopsWhileRequestsRun) {
  std::latch all_begun(3);
  server_.emplace(ServerOptions{.listen = {"127.0.0.1:0"}, .threads = 8});
  server_->route("/waits", Methods::read, [&](const Request&, ResponseWriter& response) {
    response.begin(std::nullopt);
    response.write(std::string(20'000, 'x'));
    all_begun.count_down();
    while (response.write(std::string(20'000, 'x'))) {
    }
  });
  ASSERT_TRUE(server_->start());
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(server_->addresses()[0]);
    ASSERT_TRUE(clients.back().send("GET /waits HTTP/1.1\r\n\r\n"));
  }
  all_begun.wait();
  server_->stop();
  EXPECT_EQ(server_->counts().connections.open, 0U);
  EXPECT_EQ(counts_of("/waits").unfinished, 3U);
}

TEST_F(ServerTest, LetsARequestEndWhenItIsStopped) {
  std::latch has_begun(1);
  std::latch may_end(1);
  server_.emplace(ServerOptions{.listen = {"127.0.0.1:0"}, .threads = 8});
  server_->route("/waits", Methods::read, [&](const Request&, ResponseWriter& response) {
    has_begun.count_down();
    may_end.wait();
    response.send("whole");
  });
  ASSERT_TRUE(server_->start());
  const Client client(server_->addresses()[0]);
  client.send("GET /waits HTTP/1.1\r\n\r\n");
  has_begun.wait();
  std::thread stopper([&] { server_->stop(); });
  may_end.count_down();
  EXPECT_EQ(parse_response(client.receive_all()).body, "whole");
  stopper.join();
}

TEST_F(ServerTest, StopsAtOnceWhenNothingIsUnderWay) {
  start();
  const Client idle(address_);
  const Client slow(address_);
  slow.send("GET /he");
  ASSERT_EQ(get(address_, "/hello").status, 200);
  const auto begin = std::chrono::steady_clock::now();
  server_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1500ms);  // civetweb's own wake-up takes 2 s
}

TEST_F(ServerTest, MayBeStoppedTwiceAndStartedAgain) {
  start();
  server_->stop();
  server_->stop();
  EXPECT_THAT(server_->addresses(), IsEmpty());
  EXPECT_FALSE(Client(address_).is_connected());
  ASSERT_TRUE(server_->start());
  EXPECT_EQ(get(server_->addresses()[0], "/hello").status, 200);
}

TEST_F(ServerTest, LeavesNoDescriptorOpenWhenItIsStopped) {
  const auto open_descriptors = [] {
    int count = 0;
    for (int descriptor = 0; descriptor < 1024; ++descriptor) {
      count += ::fcntl(descriptor, F_GETFD) != -1 ? 1 : 0;
    }
    return count;
  };
  const int before = open_descriptors();
  start();
  ASSERT_EQ(get(address_, "/hello").status, 200);
  server_->stop();
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(ServerTest, ListensOnSeveralAddresses) {
  start({.listen = {"127.0.0.1:0", "[::1]:0", "127.0.0.2:0"}, .threads = 8});
  ASSERT_THAT(server_->addresses(), ElementsAre(StartsWith("127.0.0.1:"), StartsWith("[::1]:"),
                                                StartsWith("127.0.0.2:")));
  for (const std::string& address : server_->addresses()) {
    EXPECT_EQ(get(address, "/hello").body, "hello") << address;
  }
}

TEST_F(ServerTest, ListensOnAllAddressesOfBothFamilies) {
  start({.listen = {":0"}, .threads = 8});
  const std::string port = address_.substr(address_.rfind(':'));
  EXPECT_THAT(server_->addresses(), ElementsAre("0.0.0.0" + port, "[::]" + port));
  EXPECT_EQ(get("127.0.0.1" + port, "/echo").body, "||127.0.0.1");
  EXPECT_EQ(get("[::1]" + port, "/hello").body, "hello");
}

TEST_F(ServerTest, ListensOnNothingElse) {
  start();
  Server other({.listen = {address_}, .threads = 8});
  EXPECT_FALSE(other.start());  // and leaves no civetweb listener behind
  int listening = 0;
  const std::string own_port = address_.substr(address_.rfind(':') + 1);
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    int flag = 0;
    socklen_t length = sizeof flag;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &flag, &length) != 0 || flag == 0)
      continue;
    sockaddr_storage bound{};
    length = sizeof bound;
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &length);
    EXPECT_EQ(std::to_string(port_of(bound)), own_port);
    ++listening;
  }
  EXPECT_EQ(listening, 2);  // our own and, under civetweb's number, the same socket again
}

TEST_F(ServerTest, NamesAnAddressThatIsInUse) {
  start();
  Server second({.listen = {"127.0.0.1:0", address_}, .threads = 8});
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message, "cannot listen on " + address_ + ": Address already in use");
  EXPECT_THAT(second.addresses(), IsEmpty());
}

TEST_F(ServerTest, SaysWhyItCannotStart) {
  Server server({.listen = {"127.0.0.1:0"}, .threads = 100'000});
  const auto started = server.start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, StartsWith("cannot start the HTTP server: "));
  EXPECT_THAT(started.error().message, testing::Not(testing::EndsWith(": ")));
}

TEST_F(ServerTest, CountsWhatItServed) {
  start();
  get(address_, "/hello");
  get(address_, "/nowhere");
  ask(address_, "junk\r\n\r\n");
  EXPECT_TRUE(comes_true([&] { return server_->counts().connections.open == 0; }));
  EXPECT_THAT(counts_of("/hello").answers, ElementsAre(0, 1, 0, 0, 0));
  EXPECT_THAT(counts_of("").answers, ElementsAre(0, 0, 0, 2, 0));
  EXPECT_EQ(server_->counts().connections.accepted, 3U);
  EXPECT_EQ(server_->counts().connections.shut_down, 0U);
}

TEST_F(ServerTest, RunsItsHandlersWhereNoSignalIsTaken) {
  std::atomic<bool> is_blocked = false;
  server_.emplace(ServerOptions{.listen = {"127.0.0.1:0"}, .threads = 2});
  server_->route("/", Methods::read, [&](const Request&, ResponseWriter&) {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    is_blocked = sigismember(&mask, SIGTERM) == 1;
  });
  ASSERT_TRUE(server_->start());
  EXPECT_EQ(get(server_->addresses()[0], "/").status, 200);
  EXPECT_TRUE(is_blocked);
}

}  // namespace
}  // namespace pppol2tp::http
