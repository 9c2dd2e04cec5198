#include "agent/http/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include "agent/base/endpoint.h"
#include "agent/http/inherited_sockets.h"

namespace pppol2tp::http {
namespace {

// The queue of connections that are not accepted yet, including those that have sent nothing. The
// kernel limits it to net.core.somaxconn, and uses SYN cookies beyond that.
constexpr int kBacklog = 1024;
constexpr int kDeferSeconds = 30;

bool set_option(const Fd& socket, int level, int name, int value) {
  return setsockopt(socket.get(), level, name, &value, sizeof value) == 0;
}

// Empty on failure, with errno set.
Fd listen_at(const Endpoint& endpoint) {
  Fd socket(::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const bool is_listening =
      socket &&
      // Otherwise a restarted agent would wait until the old one's connections leave TIME_WAIT.
      set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1) &&
      (endpoint.address.ss_family != AF_INET6 ||
       set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1)) &&
      set_option(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, kDeferSeconds) &&
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.length) ==
          0 &&
      ::listen(socket.get(), kBacklog) == 0;
  return is_listening ? std::move(socket) : Fd();
}

sockaddr_storage own_address(const Fd& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
  return address;
}

// Root's too: the agent has given up the right to open ports below 1024 by then.
Error cannot_listen(int error, const std::string& address) {
  const char* const remedy =
      error == EACCES ? "; a port below 1024 has to come from systemd (listen: [systemd])" : "";
  const Error failed = fail_errno(error, "cannot listen on ", address);
  return fail(failed.message, remedy);
}

bool is_without_ipv6(int error) {
  return error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
}

}  // namespace

Result<std::vector<Fd>> open_listeners(const std::string& address) {
  if (address == "systemd") {
    auto inherited = copy_inherited_listeners();
    if (!inherited) return inherited.error().within("listen: systemd");
    // Best effort: systemd's own DeferAcceptSec= does the same.
    for (const Fd& socket : *inherited) {
      set_option(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, kDeferSeconds);
    }
    return inherited;
  }
  auto endpoint = parse_endpoint(address);
  if (!endpoint) return endpoint.error();
  std::vector<Fd> sockets;
  if (endpoint->is_any_family) {
    Fd ipv4 = listen_at(*parse_endpoint(concat("0.0.0.0:", port_of(endpoint->address))));
    if (!ipv4) return cannot_listen(errno, address);
    endpoint = parse_endpoint(concat("[::]:", port_of(own_address(ipv4))));
    sockets.push_back(std::move(ipv4));
  }
  Fd socket = listen_at(*endpoint);
  if (!socket && (sockets.empty() || !is_without_ipv6(errno))) {
    return cannot_listen(errno, address);
  }
  if (socket) sockets.push_back(std::move(socket));
  return sockets;
}

std::string bound_address(const Fd& socket) {
  return to_text(own_address(socket));
}

}  // namespace pppol2tp::http
