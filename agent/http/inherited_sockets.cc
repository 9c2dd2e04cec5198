#include "agent/http/inherited_sockets.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace pppol2tp::http {
namespace {

// The number of the first passed descriptor: SD_LISTEN_FDS_START.
constexpr int kFirst = 3;
constexpr int kMostSockets = 64;

std::optional<int> number_in_environment(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  const std::string_view text(value);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

int option_of(int descriptor, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

bool is_tcp_listener(int descriptor) {
  const int family = option_of(descriptor, SO_DOMAIN);
  return (family == AF_INET || family == AF_INET6) &&
         option_of(descriptor, SO_TYPE) == SOCK_STREAM && option_of(descriptor, SO_ACCEPTCONN) == 1;
}

Result<Fd> copy_of(int descriptor) {
  if (!is_tcp_listener(descriptor)) {
    return fail("the socket passed as descriptor ", descriptor,
                " does not listen for TCP (ListenStream= with a port)");
  }
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  Fd copy(fcntl(descriptor, F_DUPFD_CLOEXEC, kFirst));
  if (!copy) return fail_errno(errno, "cannot copy the socket passed as descriptor ", descriptor);
  return copy;
}

}  // namespace

Result<std::vector<Fd>> copy_inherited_listeners() {
  const auto count = number_in_environment("LISTEN_FDS");
  if (!count || number_in_environment("LISTEN_PID") != getpid()) {
    return fail("no sockets were passed (LISTEN_FDS and LISTEN_PID); is there a .socket unit?");
  }
  if (*count < 1 || *count > kMostSockets) {
    return fail("LISTEN_FDS is ", *count, "; allowed: 1 to ", kMostSockets);
  }
  std::vector<Fd> sockets;
  for (int i = 0; i < *count; ++i) {
    auto copy = copy_of(kFirst + i);
    if (!copy) return copy.error();
    sockets.push_back(*std::move(copy));
  }
  return sockets;
}

}  // namespace pppol2tp::http
