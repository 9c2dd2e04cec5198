#include "agent/http/open_sockets.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>

#include "agent/base/endpoint.h"
#include "agent/base/fd.h"

namespace pppol2tp::http {
namespace {

sockaddr_storage own_address(const Fd& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
  return address;
}

Fd listen_on(const char* address) {
  const auto endpoint = parse_endpoint(address);
  Fd socket(::socket(endpoint->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&endpoint->address), endpoint->length),
      0);
  EXPECT_EQ(::listen(socket.get(), 5), 0);
  return socket;
}

Fd connect_to(const Fd& listener) {
  const sockaddr_storage address = own_address(listener);
  Fd socket(::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
  return socket;
}

TEST(OpenSockets, FindAListeningSocketByItsPort) {
  const Fd first = listen_on("127.0.0.1:0");
  const Fd second = listen_on("127.0.0.1:0");
  EXPECT_EQ(find_listening_socket(port_of(own_address(first))), first.get());
  EXPECT_EQ(find_listening_socket(port_of(own_address(second))), second.get());
}

TEST(OpenSockets, DoNotTakeAConnectionForAListeningSocket) {
  Fd listener = listen_on("127.0.0.1:0");
  const auto port = port_of(own_address(listener));
  const Fd client = connect_to(listener);
  const Fd accepted(::accept(listener.get(), nullptr, nullptr));
  listener.reset();
  EXPECT_EQ(find_listening_socket(port), std::nullopt);
}

class Connected : public testing::TestWithParam<const char*> {};

TEST_P(Connected, FindTheAcceptedEndOfAConnection) {
  const std::string address = GetParam();
  const Fd listener = listen_on(GetParam());
  const Fd client = connect_to(listener);
  const Fd other_client = connect_to(listener);
  const Fd accepted(::accept(listener.get(), nullptr, nullptr));
  const Fd other_accepted(::accept(listener.get(), nullptr, nullptr));
  const auto local_port = port_of(own_address(listener));
  const std::string host = address.starts_with('[') ? "::1" : "127.0.0.1";
  const auto found = [&](std::string peer_host, const Fd& peer, std::uint16_t port) {
    return find_connected_socket({peer_host, port_of(own_address(peer)), port});
  };
  EXPECT_EQ(found(host, client, local_port), accepted.get());
  EXPECT_EQ(found(host, other_client, local_port), other_accepted.get());
  EXPECT_EQ(found(host, client, local_port + 1), std::nullopt);
  EXPECT_EQ(found("192.0.2.1", client, local_port), std::nullopt);
  EXPECT_EQ(found(host, listener, local_port), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(OpenSockets, Connected, testing::Values("127.0.0.1:0", "[::1]:0"));

}  // namespace
}  // namespace pppol2tp::http
