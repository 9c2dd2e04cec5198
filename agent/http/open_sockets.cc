#include "agent/http/open_sockets.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>

#include "agent/base/endpoint.h"

namespace pppol2tp::http {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);
};

// Calls getsockname(2) or getpeername(2). nullopt if it is not a TCP socket, or not connected.
template <typename Function>
std::optional<Address> ask(Function function, int descriptor) {
  Address address;
  if (function(descriptor, reinterpret_cast<sockaddr*>(&address.storage), &address.length) != 0) {
    return std::nullopt;
  }
  const auto family = address.storage.ss_family;
  return family == AF_INET || family == AF_INET6 ? std::optional(address) : std::nullopt;
}

// The numeric host in the form of getnameinfo(3), which civetweb uses too.
bool is_host(const Address& address, std::string_view host) {
  std::array<char, NI_MAXHOST> text{};
  return getnameinfo(reinterpret_cast<const sockaddr*>(&address.storage), address.length,
                     text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0 &&
         host == text.data();
}

template <typename Predicate>
std::optional<int> find_descriptor(Predicate predicate) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir("/proc/self/fd"), closedir);
  if (!directory) return std::nullopt;
  while (const dirent* entry = readdir(directory.get())) {
    int descriptor = -1;
    const char* const end = entry->d_name + std::strlen(entry->d_name);
    if (std::from_chars(entry->d_name, end, descriptor).ptr != end) continue;  // "." and ".."
    if (predicate(descriptor)) return descriptor;
  }
  return std::nullopt;
}

bool is_listening(int descriptor) {
  int flag = 0;
  socklen_t length = sizeof flag;
  return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &flag, &length) == 0 && flag != 0;
}

}  // namespace

std::optional<int> find_listening_socket(std::uint16_t port) {
  return find_descriptor([&](int descriptor) {
    if (!is_listening(descriptor)) return false;
    const auto own = ask(getsockname, descriptor);
    return own && port_of(own->storage) == port && is_host(*own, "127.0.0.1");
  });
}

std::optional<int> find_connected_socket(const Peer& peer) {
  return find_descriptor([&](int descriptor) {
    const auto other = ask(getpeername, descriptor);
    if (!other || port_of(other->storage) != peer.port) return false;
    const auto own = ask(getsockname, descriptor);
    return own && port_of(own->storage) == peer.local_port && is_host(*other, peer.address);
  });
}

}  // namespace pppol2tp::http
