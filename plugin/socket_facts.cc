#include "plugin/socket_facts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>

// After libc's headers, so that the kernel's leave out what those have declared.
#include <linux/if_pppol2tp.h>
#include <linux/if_pppox.h>
#include <linux/ppp-ioctl.h>

namespace pppol2tp {
namespace {

static_assert(sizeof(sockaddr_pppol2tp) == 38);
static_assert(sizeof(sockaddr_pppol2tpin6) == 50);
static_assert(sizeof(sockaddr_pppol2tpv3) == 46);
static_assert(sizeof(sockaddr_pppol2tpv3in6) == 58);

void set_peer(const sockaddr_in& peer, SocketFacts& facts) {
  if (peer.sin_family != AF_INET) {
    return;
  }
  facts.peer_family = ring::Family::ipv4;
  facts.peer_port = ntohs(peer.sin_port);
  std::memcpy(facts.peer_address, &peer.sin_addr, sizeof(peer.sin_addr));
}

void set_peer(const sockaddr_in6& peer, SocketFacts& facts) {
  if (peer.sin6_family != AF_INET6) {
    return;
  }
  facts.peer_family = ring::Family::ipv6;
  facts.peer_port = ntohs(peer.sin6_port);
  std::memcpy(facts.peer_address, &peer.sin6_addr, sizeof(peer.sin6_addr));
}

template <typename Name>
bool decode(const void* bytes, SocketFacts& facts) {
  Name name;
  std::memcpy(&name, bytes, sizeof(name));
  if (name.sa_family != AF_PPPOX || name.sa_protocol != PX_PROTO_OL2TP) {
    return false;
  }
  facts = {};
  facts.tunnel_id = name.pppol2tp.s_tunnel;
  facts.session_id = name.pppol2tp.s_session;
  facts.peer_tunnel_id = name.pppol2tp.d_tunnel;
  facts.peer_session_id = name.pppol2tp.d_session;
  auto peer = name.pppol2tp.addr;  // a copy: the kernel's struct is packed
  set_peer(peer, facts);
  return true;
}

}  // namespace

bool decode_socket_name(const void* name, std::size_t bytes, SocketFacts& facts) {
  switch (bytes) {
    case sizeof(sockaddr_pppol2tp):
      return decode<sockaddr_pppol2tp>(name, facts);
    case sizeof(sockaddr_pppol2tpin6):
      return decode<sockaddr_pppol2tpin6>(name, facts);
    case sizeof(sockaddr_pppol2tpv3):
      return decode<sockaddr_pppol2tpv3>(name, facts);
    case sizeof(sockaddr_pppol2tpv3in6):
      return decode<sockaddr_pppol2tpv3in6>(name, facts);
    default:
      return false;
  }
}

bool read_socket_name(int fd, SocketFacts& facts) {
  sockaddr_storage name{};
  socklen_t bytes = sizeof(name);
  return getsockname(fd, reinterpret_cast<sockaddr*>(&name), &bytes) == 0 &&
         decode_socket_name(&name, bytes, facts);
}

bool read_counters(int fd, ring::CountersSection& counters) {
  pppol2tp_ioc_stats stats{};
  if (ioctl(fd, PPPIOCGL2TPSTATS, &stats) < 0) {
    return false;
  }
  counters = {};
  counters.transmit_packets = stats.tx_packets;
  counters.transmit_bytes = stats.tx_bytes;
  counters.transmit_errors = stats.tx_errors;
  counters.receive_packets = stats.rx_packets;
  counters.receive_bytes = stats.rx_bytes;
  counters.receive_sequence_discards = stats.rx_seq_discards;
  counters.receive_out_of_sequence = stats.rx_oos_packets;
  counters.receive_errors = stats.rx_errors;
  return true;
}

}  // namespace pppol2tp
