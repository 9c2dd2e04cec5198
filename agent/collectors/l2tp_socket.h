// Asks the kernel about L2TP, and listens to it, by generic netlink. The only user of the family
// "l2tp". A socket belongs for good to the network namespace that its thread was in when it was
// opened; asking needs CAP_NET_ADMIN there, listening nothing.
//
// Not to be shared by threads. A question blocks for as long as the kernel takes, five seconds at
// the most.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "agent/base/result.h"
#include "agent/collectors/l2tp_answers.h"

struct nl_msg;
struct nl_sock;

namespace pppol2tp::collectors {

struct FreeNetlinkSocket {
  void operator()(nl_sock* socket) const;
};
using NetlinkSocket = std::unique_ptr<nl_sock, FreeNetlinkSocket>;

class L2tpSocket {
 public:
  static Result<L2tpSocket> open();

  // Nothing: the kernel says that there is none. One look-up each, however many there are.
  Result<std::optional<model::KernelTunnel>> tunnel(std::uint32_t tunnel_id);
  Result<std::optional<model::KernelSession>> session(std::uint32_t tunnel_id,
                                                      std::uint32_t session_id);

  // Walks all there are, in parts of some hundred. What comes or goes meanwhile may be missed or be
  // told twice. No other question until the walk has ended, or failed.
  enum class Subject : std::uint8_t { tunnels, sessions };
  Result<void> begin_walk(Subject subject);
  Result<WalkPart> next_part();

 private:
  L2tpSocket(NetlinkSocket socket, int family) : socket_(std::move(socket)), family_(family) {}
  Result<L2tpFact> ask(std::uint8_t command, std::uint32_t tunnel_id,
                       const std::uint32_t* session_id);
  Result<void> send(nl_msg& message);
  Result<std::size_t> receive();

  NetlinkSocket socket_;
  int family_;
  std::uint32_t sequence_ = 0;  // of the question that an answer is awaited for
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(std::size_t{64} << 10);
};

// What netlink's users make and delete; not what pppd and xl2tpd do with sockets. The kernel tells
// it in every network namespace, whichever it happened in: a hint whom to ask for, and no more.
class L2tpListener {
 public:
  static Result<L2tpListener> open();

  int descriptor() const;

  // What was told since the last call; does not wait. Fails when something was missed.
  Result<std::vector<L2tpFact>> hear();

 private:
  explicit L2tpListener(NetlinkSocket socket) : socket_(std::move(socket)) {}

  NetlinkSocket socket_;
};

}  // namespace pppol2tp::collectors
