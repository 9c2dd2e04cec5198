#include "agent/base/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "agent/base/quote.h"

namespace pppol2tp {
namespace {

template <typename Address>
Endpoint endpoint_of(const Address& address) {
  Endpoint endpoint;
  std::memcpy(&endpoint.address, &address, sizeof address);
  endpoint.length = sizeof address;
  return endpoint;
}

template <typename Address>
Address from_storage(const sockaddr_storage& storage) {
  Address address;
  std::memcpy(&address, &storage, sizeof address);
  return address;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

Endpoint ipv6_endpoint(const in6_addr& host, std::uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  address.sin6_addr = host;
  return endpoint_of(address);
}

std::optional<Endpoint> parse_host(const std::string& host, std::uint16_t port) {
  if (host.empty()) {
    Endpoint endpoint = ipv6_endpoint(in6addr_any, port);
    endpoint.is_any_family = true;
    return endpoint;
  }
  if (host.front() == '[' && host.back() == ']') {
    in6_addr binary{};
    const std::string inner = host.substr(1, host.size() - 2);
    if (inet_pton(AF_INET6, inner.c_str(), &binary) != 1) return std::nullopt;
    return ipv6_endpoint(binary, port);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return std::nullopt;
  return endpoint_of(address);
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto port =
      colon == std::string_view::npos ? std::nullopt : parse_port(text.substr(colon + 1));
  const auto endpoint =
      port ? parse_host(std::string(text.substr(0, colon)), *port) : std::optional<Endpoint>();
  if (!endpoint) {
    return fail(
        in_quotes(text, kQuoteLimit),
        " is not an address to listen on; write 192.0.2.1:PORT, [2001:db8::1]:PORT or :PORT");
  }
  return *endpoint;
}

std::string to_text(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> host{};
  if (address.ss_family == AF_INET) {
    const auto ipv4 = from_storage<sockaddr_in>(address);
    inet_ntop(AF_INET, &ipv4.sin_addr, host.data(), host.size());
    return concat(host.data(), ':', port_of(address));
  }
  if (address.ss_family == AF_INET6) {
    const auto ipv6 = from_storage<sockaddr_in6>(address);
    inet_ntop(AF_INET6, &ipv6.sin6_addr, host.data(), host.size());
    return concat('[', host.data(), "]:", port_of(address));
  }
  return "?";
}

std::uint16_t port_of(const sockaddr_storage& address) {
  return ntohs(address.ss_family == AF_INET6 ? from_storage<sockaddr_in6>(address).sin6_port
                                             : from_storage<sockaddr_in>(address).sin_port);
}

}  // namespace pppol2tp
