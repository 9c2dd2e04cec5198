#include "agent/collectors/link_watch.h"

#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include <utility>

namespace pppol2tp::collectors {
namespace {

// Room for the messages of a few thousand interfaces that disappear at once.
constexpr int kReceiveBufferBytes = 4 << 20;

int count_ended_links(nl_msg* message, void* ended_links) {
  if (is_end_of_ppp_link(*nlmsg_hdr(message))) ++*static_cast<std::uint64_t*>(ended_links);
  return NL_OK;
}

int open_socket(nl_sock* socket, std::uint64_t* ended_links) {
  nl_socket_disable_seq_check(socket);  // notifications answer no request
  if (const int error = nl_connect(socket, NETLINK_ROUTE); error < 0) return error;
  if (const int error = nl_socket_set_nonblocking(socket); error < 0) return error;
  if (const int error = nl_socket_set_buffer_size(socket, kReceiveBufferBytes, 0); error < 0) {
    return error;
  }
  if (const int error = nl_socket_add_memberships(socket, RTNLGRP_LINK, 0); error < 0) return error;
  return nl_socket_modify_cb(socket, NL_CB_VALID, NL_CB_CUSTOM, count_ended_links, ended_links);
}

}  // namespace

bool is_end_of_ppp_link(const nlmsghdr& message) {
  if (message.nlmsg_type != RTM_DELLINK) return false;
  if (message.nlmsg_len < NLMSG_LENGTH(sizeof(ifinfomsg))) return false;
  return static_cast<const ifinfomsg*>(nlmsg_data(&message))->ifi_type == ARPHRD_PPP;
}

void LinkWatch::CloseSocket::operator()(nl_sock* socket) const {
  nl_socket_free(socket);
}

LinkWatch::LinkWatch() : socket_(nl_socket_alloc()) {
  open_error_ = socket_ ? open_socket(socket_.get(), &ended_links_) : -NLE_NOMEM;
  if (open_error_ < 0) socket_.reset();
}

LinkWatch::~LinkWatch() = default;

int LinkWatch::descriptor() const {
  return socket_ ? nl_socket_get_fd(socket_.get()) : -1;
}

Result<void> LinkWatch::collect(model::Model& /*model*/, std::uint64_t /*now_ns*/) {
  return hear();
}

Result<void> LinkWatch::hear() {
  if (!socket_) return fail("rtnetlink: ", nl_geterror(open_error_));
  for (;;) {
    const int received = nl_recvmsgs_default(socket_.get());
    if (received == -NLE_AGAIN) return {};
    if (received < 0) return fail("rtnetlink: ", nl_geterror(received));
  }
}

std::uint64_t LinkWatch::take_ended_links() {
  return std::exchange(ended_links_, 0);
}

}  // namespace pppol2tp::collectors
