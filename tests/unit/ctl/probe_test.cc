#include "agent/ctl/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <thread>

#include "agent/base/fd.h"

namespace pppol2tp::ctl {
namespace {

using testing::HasSubstr;

// Has a port, at which nobody listens.
struct Bound {
  explicit Bound(const std::string& host) : endpoint(*parse_endpoint(host + ":0")) {
    socket = Fd(::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto* const address = reinterpret_cast<sockaddr*>(&endpoint.address);
    EXPECT_EQ(::bind(socket.get(), address, endpoint.length), 0);
    EXPECT_EQ(::getsockname(socket.get(), address, &endpoint.length), 0);
  }
  Endpoint endpoint;
  Fd socket;
};

// Gives one client the same answer, whatever it asks for, and keeps the question.
class OneAnswer {
 public:
  OneAnswer(const std::string& host, std::string answer) : bound_(host) {
    EXPECT_EQ(::listen(bound_.socket.get(), 1), 0);
    thread_ = std::thread([this, answer = std::move(answer)] {
      const Fd client(::accept4(bound_.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
      std::array<char, 1024> bytes{};
      const ssize_t got = ::recv(client.get(), bytes.data(), bytes.size(), 0);
      question_.assign(bytes.data(), static_cast<std::size_t>(got > 0 ? got : 0));
      ::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    });
  }
  ~OneAnswer() {
    if (thread_.joinable()) thread_.join();
  }

  const Endpoint& endpoint() const { return bound_.endpoint; }
  // After probe() has returned.
  const std::string& question() {
    thread_.join();
    return question_;
  }

 private:
  Bound bound_;
  std::string question_;
  std::thread thread_;
};

class ProbeOn : public testing::TestWithParam<const char*> {};

TEST_P(ProbeOn, GetsTheStatusOfTheAnswer) {
  OneAnswer server(GetParam(), "HTTP/1.1 503 Service Unavailable\r\n\r\n");
  const auto status = probe(server.endpoint(), "/-/ready");
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 503);
  const std::string host = to_text(server.endpoint().address);
  EXPECT_EQ(server.question(),
            "GET /-/ready HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
}

INSTANTIATE_TEST_SUITE_P(Each, ProbeOn, testing::Values("127.0.0.1", "[::1]"));

TEST(Probe, TellsAnotherProtocolFromHttp) {
  for (const char* answer : {"SSH-2.0-x\r\n", "HTTP/1.1 2", "HTTP/1.1 abc\r\n", ""}) {
    OneAnswer server("127.0.0.1", answer);
    const auto status = probe(server.endpoint(), "/");
    ASSERT_FALSE(status) << answer;
    EXPECT_THAT(status.error().message, HasSubstr("not HTTP"));
  }
}

TEST(Probe, SaysThatNobodyListens) {
  const Bound nobody("127.0.0.1");
  const auto status = probe(nobody.endpoint, "/");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "connect: Connection refused");
}

TEST(Probe, ReachesAServerOfAllAddressesAtTheLoopbackAddress) {
  const auto reached = [](const char* address) {
    return to_text(reachable(*parse_endpoint(address)).address);
  };
  EXPECT_EQ(reached(":80"), "127.0.0.1:80");
  EXPECT_EQ(reached("0.0.0.0:80"), "127.0.0.1:80");
  EXPECT_EQ(reached("[::]:80"), "[::1]:80");
  EXPECT_EQ(reached("192.0.2.1:80"), "192.0.2.1:80");
  EXPECT_EQ(reached("[2001:db8::1]:80"), "[2001:db8::1]:80");
}

}  // namespace
}  // namespace pppol2tp::ctl
