#include "agent/collectors/l2tp_decode.h"

// Included before <linux/l2tp.h>, which otherwise includes the kernel's own version of it.
#include <netinet/in.h>

#include <linux/genetlink.h>
#include <linux/l2tp.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include <algorithm>
#include <array>

namespace pppol2tp::collectors {
namespace {

using Attributes = std::array<nlattr*, L2TP_ATTR_MAX + 1>;
using Statistics = std::array<nlattr*, L2TP_ATTR_STATS_MAX + 1>;

nla_policy at_least(std::size_t bytes) {
  nla_policy policy{};
  policy.minlen = static_cast<std::uint16_t>(bytes);
  return policy;
}

// Attributes whose length the code relies on. A message with a shorter one is rejected as a whole.
std::array<nla_policy, L2TP_ATTR_MAX + 1> message_policy() {
  std::array<nla_policy, L2TP_ATTR_MAX + 1> policy{};
  for (const int id : {L2TP_ATTR_CONN_ID, L2TP_ATTR_PEER_CONN_ID, L2TP_ATTR_SESSION_ID,
                       L2TP_ATTR_PEER_SESSION_ID, L2TP_ATTR_IP_DADDR}) {
    policy.at(static_cast<std::size_t>(id)) = at_least(sizeof(std::uint32_t));
  }
  policy[L2TP_ATTR_PW_TYPE] = at_least(sizeof(std::uint16_t));
  policy[L2TP_ATTR_UDP_DPORT] = at_least(sizeof(std::uint16_t));
  policy[L2TP_ATTR_IP6_DADDR] = at_least(16);
  return policy;
}

Statistics statistics_of(const Attributes& attributes) {
  Statistics found{};
  std::array<nla_policy, L2TP_ATTR_STATS_MAX + 1> policy{};
  policy.fill(at_least(sizeof(std::uint64_t)));
  policy[L2TP_ATTR_STATS_PAD] = {};
  nlattr* const nest = attributes[L2TP_ATTR_STATS];
  if (nest == nullptr ||
      nla_parse_nested(found.data(), L2TP_ATTR_STATS_MAX, nest, policy.data()) < 0) {
    found.fill(nullptr);
  }
  return found;
}

std::uint32_t u32(const nlattr* attribute) {
  return attribute != nullptr ? nla_get_u32(attribute) : 0;
}
std::uint16_t u16(const nlattr* attribute) {
  return attribute != nullptr ? nla_get_u16(attribute) : 0;
}
std::uint64_t u64(const nlattr* attribute) {
  return attribute != nullptr ? nla_get_u64(attribute) : 0;
}

void set_peer(model::KernelTunnel& tunnel, ring::Family family, const nlattr* address,
              std::size_t bytes) {
  if (address == nullptr) return;
  tunnel.peer_family = family;
  std::copy_n(static_cast<const std::uint8_t*>(nla_data(address)), bytes,
              tunnel.peer_address.begin());
}

model::KernelTunnel tunnel_of(const Attributes& attributes) {
  model::KernelTunnel tunnel;
  tunnel.tunnel_id = u32(attributes[L2TP_ATTR_CONN_ID]);
  tunnel.peer_tunnel_id = u32(attributes[L2TP_ATTR_PEER_CONN_ID]);
  tunnel.peer_port = u16(attributes[L2TP_ATTR_UDP_DPORT]);  // host byte order, unlike most
  set_peer(tunnel, ring::Family::ipv4, attributes[L2TP_ATTR_IP_DADDR], 4);
  set_peer(tunnel, ring::Family::ipv6, attributes[L2TP_ATTR_IP6_DADDR], 16);
  const Statistics statistics = statistics_of(attributes);
  tunnel.receive_cookie_discards = u64(statistics[L2TP_ATTR_RX_COOKIE_DISCARDS]);
  tunnel.receive_invalid = u64(statistics[L2TP_ATTR_RX_INVALID]);
  return tunnel;
}

model::KernelSession session_of(const Attributes& attributes) {
  model::KernelSession session;
  session.tunnel_id = u32(attributes[L2TP_ATTR_CONN_ID]);
  session.session_id = u32(attributes[L2TP_ATTR_SESSION_ID]);
  session.peer_tunnel_id = u32(attributes[L2TP_ATTR_PEER_CONN_ID]);
  session.peer_session_id = u32(attributes[L2TP_ATTR_PEER_SESSION_ID]);
  session.is_ppp = u16(attributes[L2TP_ATTR_PW_TYPE]) == L2TP_PWTYPE_PPP;
  const Statistics statistics = statistics_of(attributes);
  ring::CountersSection& counters = session.counters;
  counters.transmit_packets = u64(statistics[L2TP_ATTR_TX_PACKETS]);
  counters.transmit_bytes = u64(statistics[L2TP_ATTR_TX_BYTES]);
  counters.transmit_errors = u64(statistics[L2TP_ATTR_TX_ERRORS]);
  counters.receive_packets = u64(statistics[L2TP_ATTR_RX_PACKETS]);
  counters.receive_bytes = u64(statistics[L2TP_ATTR_RX_BYTES]);
  counters.receive_sequence_discards = u64(statistics[L2TP_ATTR_RX_SEQ_DISCARDS]);
  counters.receive_out_of_sequence = u64(statistics[L2TP_ATTR_RX_OOS_PACKETS]);
  counters.receive_errors = u64(statistics[L2TP_ATTR_RX_ERRORS]);
  return session;
}

}  // namespace

L2tpFact decode_l2tp(const nlmsghdr& message) {
  static auto policy = message_policy();
  Attributes attributes{};
  auto* const header = const_cast<nlmsghdr*>(&message);  // libnl lacks const; it does not write
  if (message.nlmsg_type < NLMSG_MIN_TYPE || genlmsg_valid_hdr(header, 0) == 0 ||
      genlmsg_parse(header, 0, attributes.data(), L2TP_ATTR_MAX, policy.data()) < 0 ||
      attributes[L2TP_ATTR_CONN_ID] == nullptr) {
    return {};
  }
  switch (static_cast<const genlmsghdr*>(nlmsg_data(header))->cmd) {
    case L2TP_CMD_TUNNEL_CREATE:
    case L2TP_CMD_TUNNEL_DELETE:
    case L2TP_CMD_TUNNEL_MODIFY:
    case L2TP_CMD_TUNNEL_GET:
      return tunnel_of(attributes);
    case L2TP_CMD_SESSION_CREATE:
    case L2TP_CMD_SESSION_DELETE:
    case L2TP_CMD_SESSION_MODIFY:
    case L2TP_CMD_SESSION_GET:
      if (attributes[L2TP_ATTR_SESSION_ID] == nullptr) return {};
      return session_of(attributes);
    default:
      return {};
  }
}

}  // namespace pppol2tp::collectors
