#include "agent/collectors/route_decode.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <algorithm>
#include <cstring>

namespace pppol2tp::collectors {
namespace {

// The message's attributes, if it has a complete header of this family.
template <typename Header, std::size_t N>
const Header* parse(const nlmsghdr& message, std::array<nlattr*, N>& attributes) {
  auto* const header = const_cast<nlmsghdr*>(&message);  // libnl lacks const; it does not write
  if (nlmsg_parse(header, sizeof(Header), attributes.data(), N - 1, nullptr) < 0) return nullptr;
  return static_cast<const Header*>(nlmsg_data(&message));
}

RouteFact link_of(const nlmsghdr& message) {
  std::array<nlattr*, IFLA_MAX + 1> attributes{};
  const auto* const header = parse<ifinfomsg>(message, attributes);
  const nlattr* const name = attributes[IFLA_IFNAME];
  // Another family, such as a bridge's, uses the same message type.
  if (header == nullptr || header->ifi_family != AF_UNSPEC || name == nullptr) return {};
  LinkFact fact;
  fact.index = static_cast<std::uint32_t>(header->ifi_index);
  const auto* const text = static_cast<const char*>(nla_data(name));
  fact.name.assign(text, strnlen(text, static_cast<std::size_t>(nla_len(name))));
  fact.is_ppp = header->ifi_type == ARPHRD_PPP;
  fact.is_gone = message.nlmsg_type == RTM_DELLINK;
  return fact;
}

bool copy(const nlattr* attribute, std::size_t bytes, std::array<std::uint8_t, 16>& to) {
  if (attribute == nullptr || static_cast<std::size_t>(nla_len(attribute)) < bytes) return false;
  std::copy_n(static_cast<const std::uint8_t*>(nla_data(attribute)), bytes, to.begin());
  return true;
}

RouteFact address_of(const nlmsghdr& message) {
  std::array<nlattr*, IFA_MAX + 1> attributes{};
  const auto* const header = parse<ifaddrmsg>(message, attributes);
  if (header == nullptr) return {};
  AddressFact fact;
  fact.index = header->ifa_index;
  fact.is_gone = message.nlmsg_type == RTM_DELADDR;
  fact.is_link_local = header->ifa_scope == RT_SCOPE_LINK;
  std::size_t bytes = 0;
  if (header->ifa_family == AF_INET) {
    fact.family = ring::Family::ipv4;
    bytes = 4;
  } else if (header->ifa_family == AF_INET6) {
    fact.family = ring::Family::ipv6;
    bytes = 16;
  } else {
    return {};
  }
  // IFA_LOCAL is this end's address and IFA_ADDRESS the peer's (<linux/if_addr.h>). An IPv6 address
  // without a peer has only IFA_ADDRESS; an IPv4 address without a peer has the same value in both.
  if (!copy(attributes[IFA_LOCAL], bytes, fact.local)) {
    if (!copy(attributes[IFA_ADDRESS], bytes, fact.local)) return {};
    return fact;
  }
  if (copy(attributes[IFA_ADDRESS], bytes, fact.peer) && fact.peer == fact.local) fact.peer = {};
  return fact;
}

}  // namespace

RouteFact decode_route(const nlmsghdr& message) {
  switch (message.nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
      return link_of(message);
    case RTM_NEWADDR:
    case RTM_DELADDR:
      return address_of(message);
    default:
      return {};
  }
}

}  // namespace pppol2tp::collectors
