#include "agent/http/listener.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/base/capabilities.h"
#include "tests/unit/http/client.h"

namespace pppol2tp::http {
namespace {

using ::testing::MatchesRegex;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(Listener, TellsThePortThatTheKernelChose) {
  const auto socket = open_listeners("127.0.0.1:0");
  ASSERT_TRUE(socket) << socket.error().message;
  EXPECT_THAT(bound_address(socket->front()), MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]*"));
}

TEST(Listener, AcceptsConnections) {
  const auto socket = open_listeners("127.0.0.1:0");
  ASSERT_TRUE(socket);
  EXPECT_TRUE(Client(bound_address(socket->front())).is_connected());
}

TEST(Listener, SaysWhoCanOpenAPortThatItMayNot) {
  int first_free = 1024;  // for everybody, as most containers have it: 0
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first_free;
  if (first_free <= 1) GTEST_SKIP() << "here everybody may open every port";
  const std::string address = concat("127.0.0.1:", std::min(first_free, 1024) - 1);
  std::optional<Result<std::vector<Fd>>> opened;
  std::thread([&] {
    ASSERT_TRUE(keep_capabilities(0));  // of this thread alone
    opened = open_listeners(address);
  }).join();
  ASSERT_TRUE(opened.has_value());
  ASSERT_FALSE(*opened);
  EXPECT_EQ(opened->error().message,
            concat("cannot listen on ", address,
                   ": Permission denied; a port below 1024 has to come from systemd (listen: "
                   "[systemd])"));
}

TEST(Listener, OnIpv6LeavesIpv4Alone) {
  const auto ipv6 = open_listeners("[::1]:0");
  ASSERT_TRUE(ipv6) << ipv6.error().message;
  const std::string address = bound_address(ipv6->front());
  EXPECT_THAT(address, StartsWith("[::1]:"));
  EXPECT_TRUE(Client(address).is_connected());
  EXPECT_FALSE(Client("127.0.0.1" + address.substr(5)).is_connected());
}

TEST(Listener, WithoutAnAddressTakesAllOfBothFamilies) {
  const auto any = open_listeners(":0");
  ASSERT_TRUE(any) << any.error().message;
  ASSERT_THAT(*any, SizeIs(2));
  const std::string address = bound_address(any->front());
  const std::string port = address.substr(address.rfind(':'));
  EXPECT_EQ(address, "0.0.0.0" + port);
  EXPECT_EQ(bound_address(any->back()), "[::]" + port);
  EXPECT_TRUE(Client("127.0.0.1" + port).is_connected());
  EXPECT_TRUE(Client("[::1]" + port).is_connected());
}

TEST(Listener, WithoutAnAddressNamesThePortThatIsInUse) {
  const auto first = open_listeners("[::]:0");
  ASSERT_TRUE(first);
  const std::string address = bound_address(first->front());
  const std::string port = address.substr(address.rfind(':'));
  const auto second = open_listeners(port);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "cannot listen on " + port + ": Address already in use");
}

TEST(Listener, NamesAnAddressThatIsInUse) {
  const auto first = open_listeners("127.0.0.1:0");
  ASSERT_TRUE(first);
  const std::string address = bound_address(first->front());
  const auto second = open_listeners(address);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "cannot listen on " + address + ": Address already in use");
}

TEST(Listener, NamesAnAddressThatIsNotOurs) {
  const auto socket = open_listeners("192.0.2.1:80");  // RFC 5737: nobody's
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().message,
            "cannot listen on 192.0.2.1:80: Cannot assign requested address");
}

TEST(Listener, NamesWhatIsNoAddress) {
  const auto socket = open_listeners("somewhere:80");
  ASSERT_FALSE(socket);
  EXPECT_THAT(socket.error().message,
              StartsWith("\"somewhere:80\" is not an address to listen on"));
}

TEST(Listener, IsNotInheritedByProgramsThatWeStart) {
  const auto socket = open_listeners("127.0.0.1:0");
  ASSERT_TRUE(socket);
  EXPECT_NE(::fcntl(socket->front().get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Listener, DoesNotHandOutAConnectionThatHasSentNothing) {
  const auto socket = open_listeners("127.0.0.1:0");
  ASSERT_TRUE(socket);
  const Client silent(bound_address(socket->front()));
  const Client talking(bound_address(socket->front()));
  ASSERT_TRUE(silent.is_connected() && talking.send("x"));
  pollfd ready{.fd = socket->front().get(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&ready, 1, 10'000), 1);
  EXPECT_TRUE(Fd(::accept(socket->front().get(), nullptr, nullptr)));
  EXPECT_FALSE(Fd(::accept(socket->front().get(), nullptr, nullptr)));
}

}  // namespace
}  // namespace pppol2tp::http
