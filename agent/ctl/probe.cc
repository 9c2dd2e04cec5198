#include "agent/ctl/probe.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "agent/base/fd.h"

namespace pppol2tp::ctl {
namespace {

constexpr timeval kPatience{3, 0};

bool is_any(const Endpoint& endpoint) {
  sockaddr_in6 ipv6{};
  if (endpoint.address.ss_family == AF_INET6) {
    std::memcpy(&ipv6, &endpoint.address, sizeof ipv6);
    return IN6_IS_ADDR_UNSPECIFIED(&ipv6.sin6_addr) != 0;
  }
  sockaddr_in ipv4{};
  std::memcpy(&ipv4, &endpoint.address, sizeof ipv4);
  return ipv4.sin_addr.s_addr == INADDR_ANY;
}

// A time-out of the socket's shows as one of these two.
Error fail_waiting(int error, std::string_view step) {
  const bool is_late = error == EAGAIN || error == EINPROGRESS;
  return is_late ? fail(step, ": no answer within ", kPatience.tv_sec, " s")
                 : fail_errno(error, step);
}

Result<Fd> connect_to(const Endpoint& server) {
  Fd connection(socket(server.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!connection) return fail_errno(errno, "socket");
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {  // the latter also for connect()
    setsockopt(connection.get(), SOL_SOCKET, option, &kPatience, sizeof kPatience);
  }
  if (connect(connection.get(), reinterpret_cast<const sockaddr*>(&server.address),
              server.length) != 0) {
    return fail_waiting(errno, "connect");
  }
  return connection;
}

// What arrives up to the end of the first line, or until there is no more room.
Result<std::string> first_line(const Fd& connection) {
  constexpr std::size_t kMostBytes = 256;
  std::string line;
  std::array<char, kMostBytes> bytes;
  while (line.size() < kMostBytes && line.find('\n') == std::string::npos) {
    const ssize_t got = recv(connection.get(), bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_waiting(errno, "recv");
    if (got == 0) break;
    line.append(bytes.data(), static_cast<std::size_t>(got));
  }
  return line.substr(0, line.find('\n'));
}

// The code in "HTTP/1.1 200 OK" (RFC 9112, section 4).
std::optional<int> status_in(std::string_view line) {
  constexpr std::size_t kBefore = std::string_view("HTTP/1.1 ").size();
  constexpr std::size_t kDigits = 3;
  if (!line.starts_with("HTTP/1.") || line.size() < kBefore + kDigits) return std::nullopt;
  const std::string_view digits = line.substr(kBefore, kDigits);
  int status = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  const bool is_whole = error == std::errc() && end == digits.data() + kDigits;
  return is_whole ? std::optional(status) : std::nullopt;
}

}  // namespace

Endpoint reachable(const Endpoint& endpoint) {
  if (!is_any(endpoint)) return endpoint;
  // With both families, IPv4: it is the one that every host has.
  const bool is_ipv6 = endpoint.address.ss_family == AF_INET6 && !endpoint.is_any_family;
  const auto port = port_of(endpoint.address);
  return *parse_endpoint(concat(is_ipv6 ? "[::1]:" : "127.0.0.1:", port));
}

Result<int> probe(const Endpoint& server, std::string_view path) {
  const auto connection = connect_to(server);
  if (!connection) return connection.error();
  const std::string request = concat("GET ", path, " HTTP/1.1\r\nHost: ", to_text(server.address),
                                     "\r\nConnection: close\r\n\r\n");
  if (send(connection->get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) {
    return fail_waiting(errno, "send");
  }
  const auto line = first_line(*connection);
  if (!line) return line.error();
  const auto status = status_in(*line);
  if (!status) return fail("the answer is not HTTP");
  return *status;
}

}  // namespace pppol2tp::ctl
