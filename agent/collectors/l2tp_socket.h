// Asks the kernel about L2TP, and listens to it, through generic netlink. The only user of the
// family "l2tp". A socket stays in the network namespace that its thread was in when it was opened.
// Asking needs CAP_NET_ADMIN there; listening needs no privilege.
//
// Not thread-safe. A question blocks until the kernel answers, for five seconds at most.
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

  // nullopt: the kernel has no such tunnel or session. Each call is one look-up, however many there
  // are.
  Result<std::optional<model::KernelTunnel>> tunnel(std::uint32_t tunnel_id);
  Result<std::optional<model::KernelSession>> session(std::uint32_t tunnel_id,
                                                      std::uint32_t session_id);

  // Walks all of them, in parts of some hundred. What is added or removed during the walk may be
  // missed or reported twice. Ask no other question until the walk has ended or failed.
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
  std::uint32_t sequence_ = 0;  // of the question in progress
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(std::size_t{64} << 10);
};

// Hears what users of netlink make and delete, but not what pppd and xl2tpd do with sockets. The
// kernel sends a notification to every network namespace, wherever the event happened, so it is
// only a hint to ask.
class L2tpListener {
 public:
  static Result<L2tpListener> open();

  int descriptor() const;

  // The notifications since the last call; does not block. Fails if some were missed.
  Result<std::vector<L2tpFact>> hear();

 private:
  explicit L2tpListener(NetlinkSocket socket) : socket_(std::move(socket)) {}

  NetlinkSocket socket_;
};

}  // namespace pppol2tp::collectors
