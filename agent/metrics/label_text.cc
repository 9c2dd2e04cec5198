#include "agent/metrics/label_text.h"

#include <arpa/inet.h>

#include <array>

namespace pppol2tp::metrics {

std::string address(ring::Family family, const std::uint8_t* bytes) {
  if (family != ring::Family::ipv4 && family != ring::Family::ipv6) return {};
  std::array<char, INET6_ADDRSTRLEN> buffer;
  const char* const text = inet_ntop(static_cast<int>(family), bytes, buffer.data(), buffer.size());
  return text == nullptr ? std::string{} : std::string{text};
}

std::string network_address(ring::Family family, const ring::NetworkSection& network,
                            const std::uint8_t* bytes) {
  const bool is_known = network.changed_ns != 0 || network.up == 1;
  return is_known ? address(family, bytes) : std::string{};
}

}  // namespace pppol2tp::metrics
