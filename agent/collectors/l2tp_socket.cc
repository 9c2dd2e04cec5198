#include "agent/collectors/l2tp_socket.h"

// Included before <linux/l2tp.h>, which otherwise includes the kernel's own version of it.
#include <netinet/in.h>

#include <linux/l2tp.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <utility>

#include "agent/collectors/netlink_bytes.h"

namespace pppol2tp::collectors {
namespace {

constexpr timeval kPatience{5, 0};
constexpr int kListenerBufferBytes = 4 << 20;  // for some thousand notifications at once

struct FreeMessage {
  void operator()(nl_msg* message) const { nlmsg_free(message); }
};
using Message = std::unique_ptr<nl_msg, FreeMessage>;

Error of_netlink(int error) {
  if (error == -NLE_OBJ_NOTFOUND) {
    return fail("the kernel has no L2TP over netlink (its module l2tp_netlink is not there)");
  }
  return fail("generic netlink: ", nl_geterror(error));
}

struct Connected {
  NetlinkSocket socket;
  int family;
};

Result<Connected> connect() {
  NetlinkSocket socket(nl_socket_alloc());
  if (!socket) return of_netlink(-NLE_NOMEM);
  if (const int error = genl_connect(socket.get()); error < 0) return of_netlink(error);
  const int family = genl_ctrl_resolve(socket.get(), L2TP_GENL_NAME);
  if (family < 0) return of_netlink(family);
  return Connected{std::move(socket), family};
}

}  // namespace

void FreeNetlinkSocket::operator()(nl_sock* socket) const {
  nl_socket_free(socket);
}

Result<L2tpSocket> L2tpSocket::open() {
  auto connected = connect();
  if (!connected) return connected.error();
  nl_sock* const socket = connected->socket.get();
  nl_socket_disable_auto_ack(socket);
  if (setsockopt(nl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience) !=
      0) {
    return l2tp_error(errno);
  }
  return L2tpSocket(std::move(connected->socket), connected->family);
}

Result<void> L2tpSocket::send(nl_msg& message) {
  if (const int sent = nl_send_auto(socket_.get(), &message); sent < 0) return of_netlink(sent);
  sequence_ = nlmsg_hdr(&message)->nlmsg_seq;
  return {};
}

Result<std::size_t> L2tpSocket::receive() {
  for (;;) {
    const ssize_t got =
        recv(nl_socket_get_fd(socket_.get()), buffer_.data(), buffer_.size(), MSG_TRUNC);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return fail("generic netlink l2tp: the kernel does not answer");
    if (got < 0) return l2tp_error(errno);
    if (static_cast<std::size_t>(got) > buffer_.size()) {
      return fail("generic netlink l2tp: an answer of ", got, " bytes");
    }
    return static_cast<std::size_t>(got);
  }
}

Result<L2tpFact> L2tpSocket::ask(std::uint8_t command, std::uint32_t tunnel_id,
                                 const std::uint32_t* session_id) {
  const Message message(nlmsg_alloc());
  if (!message ||
      genlmsg_put(message.get(), NL_AUTO_PORT, NL_AUTO_SEQ, family_, 0, 0, command,
                  L2TP_GENL_VERSION) == nullptr ||
      nla_put_u32(message.get(), L2TP_ATTR_CONN_ID, tunnel_id) < 0 ||
      (session_id != nullptr &&
       nla_put_u32(message.get(), L2TP_ATTR_SESSION_ID, *session_id) < 0)) {
    return of_netlink(-NLE_NOMEM);
  }
  if (const auto sent = send(*message); !sent) return sent.error();
  for (;;) {
    const auto length = receive();
    if (!length) return length.error();
    const auto answer = find_answer(buffer_, *length, sequence_);
    if (answer) return *answer;
  }
}

Result<std::optional<model::KernelTunnel>> L2tpSocket::tunnel(std::uint32_t tunnel_id) {
  const auto answer = ask(L2TP_CMD_TUNNEL_GET, tunnel_id, nullptr);
  if (!answer) return answer.error();
  const auto* const fact = std::get_if<model::KernelTunnel>(&*answer);
  return fact != nullptr ? std::optional(*fact) : std::nullopt;
}

Result<std::optional<model::KernelSession>> L2tpSocket::session(std::uint32_t tunnel_id,
                                                                std::uint32_t session_id) {
  const auto answer = ask(L2TP_CMD_SESSION_GET, tunnel_id, &session_id);
  if (!answer) return answer.error();
  const auto* const fact = std::get_if<model::KernelSession>(&*answer);
  return fact != nullptr ? std::optional(*fact) : std::nullopt;
}

Result<void> L2tpSocket::begin_walk(Subject subject) {
  const Message message(nlmsg_alloc());
  const std::uint8_t command =
      subject == Subject::tunnels ? L2TP_CMD_TUNNEL_GET : L2TP_CMD_SESSION_GET;
  if (!message || genlmsg_put(message.get(), NL_AUTO_PORT, NL_AUTO_SEQ, family_, 0, NLM_F_DUMP,
                              command, L2TP_GENL_VERSION) == nullptr) {
    return of_netlink(-NLE_NOMEM);
  }
  return send(*message);
}

Result<WalkPart> L2tpSocket::next_part() {
  const auto length = receive();
  if (!length) return length.error();
  return find_walk_part(buffer_, *length, sequence_);
}

Result<L2tpListener> L2tpListener::open() {
  auto connected = connect();
  if (!connected) return connected.error();
  nl_sock* const socket = connected->socket.get();
  const int group = genl_ctrl_resolve_grp(socket, L2TP_GENL_NAME, L2TP_GENL_MCGROUP);
  if (group < 0) return of_netlink(group);
  if (const int error = nl_socket_set_buffer_size(socket, kListenerBufferBytes, 0); error < 0) {
    return of_netlink(error);
  }
  if (const int error = nl_socket_set_nonblocking(socket); error < 0) return of_netlink(error);
  if (const int error = nl_socket_add_membership(socket, group); error < 0) {
    return of_netlink(error);
  }
  return L2tpListener(std::move(connected->socket));
}

int L2tpListener::descriptor() const {
  return nl_socket_get_fd(socket_.get());
}

Result<std::vector<L2tpFact>> L2tpListener::hear() {
  std::vector<L2tpFact> facts;
  std::vector<std::uint8_t> buffer(std::size_t{64} << 10);
  for (;;) {
    const ssize_t got = recv(descriptor(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return facts;
    if (got < 0) return l2tp_error(errno);
    for_each_message(buffer, static_cast<std::size_t>(got), [&](const nlmsghdr& header) {
      facts.push_back(decode_l2tp(header));
      return true;
    });
  }
}

}  // namespace pppol2tp::collectors
