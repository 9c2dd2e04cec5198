#include "agent/collectors/address_watch.h"

#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#include <cerrno>

#include "agent/collectors/netlink_bytes.h"

namespace pppol2tp::collectors {
namespace {

constexpr int kReceiveBufferBytes = 4 << 20;  // for some thousand interfaces that change at once

struct FreeMessage {
  void operator()(nl_msg* message) const { nlmsg_free(message); }
};

Error of_netlink(int error) {
  return fail("rtnetlink: ", nl_geterror(error));
}

}  // namespace

Result<AddressWatch> AddressWatch::open() {
  NetlinkSocket socket(nl_socket_alloc());
  if (!socket) return of_netlink(-NLE_NOMEM);
  if (const int error = nl_connect(socket.get(), NETLINK_ROUTE); error < 0) {
    return of_netlink(error);
  }
  nl_socket_disable_auto_ack(socket.get());
  if (const int error = nl_socket_set_buffer_size(socket.get(), kReceiveBufferBytes, 0);
      error < 0) {
    return of_netlink(error);
  }
  if (const int error = nl_socket_add_memberships(socket.get(), RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
                                                  RTNLGRP_IPV6_IFADDR, 0);
      error < 0) {
    return of_netlink(error);
  }
  AddressWatch watch(std::move(socket));
  if (const auto asked = watch.ask_for_all(); !asked) return asked.error();
  return watch;
}

int AddressWatch::descriptor() const {
  return nl_socket_get_fd(socket_.get());
}

Result<void> AddressWatch::ask_for_all() {
  links_.begin_anew();
  is_outdated_ = false;
  return ask(RTM_GETLINK);
}

Result<void> AddressWatch::ask(std::uint16_t type) {
  const std::unique_ptr<nl_msg, FreeMessage> message(nlmsg_alloc_simple(type, NLM_F_DUMP));
  ifinfomsg all{};  // struct ifaddrmsg is shorter; zeros have the same meaning in it
  if (!message || nlmsg_append(message.get(), &all, sizeof all, NLMSG_ALIGNTO) < 0) {
    return of_netlink(-NLE_NOMEM);
  }
  if (const int sent = nl_send_auto(socket_.get(), message.get()); sent < 0) {
    return of_netlink(sent);
  }
  asked_ = type;
  sequence_ = nlmsg_hdr(message.get())->nlmsg_seq;
  return {};
}

Result<void> AddressWatch::hear() {
  for (;;) {
    const ssize_t got = recv(descriptor(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return {};
    if (got < 0 && errno == ENOBUFS) {  // messages were missed
      is_outdated_ = true;
      if (asked_) continue;  // one dump at a time
      if (const auto asked = ask_for_all(); !asked) return asked;
      continue;
    }
    if (got < 0) return fail_errno(errno, "rtnetlink");
    Result<void> taken;
    for_each_message(buffer_, static_cast<std::size_t>(got), [&](const nlmsghdr& message) {
      taken = take(message);
      return taken.has_value();
    });
    if (!taken) return taken;
  }
}

Result<void> AddressWatch::take(const nlmsghdr& message) {
  const bool is_of_dump = asked_ && message.nlmsg_seq == sequence_;
  if (is_of_dump && (message.nlmsg_flags & NLM_F_DUMP_INTR) != 0) is_outdated_ = true;
  if (message.nlmsg_type != NLMSG_DONE && message.nlmsg_type != NLMSG_ERROR) {
    links_.hear(decode_route(message));
    return {};
  }
  if (!is_of_dump) return {};
  if (const int error = error_number_of(message); error != 0) {
    return fail_errno(error, "rtnetlink");
  }
  const bool was_last = *asked_ == RTM_GETADDR;
  asked_.reset();
  if (is_outdated_) return ask_for_all();
  if (!was_last) return ask(RTM_GETADDR);
  links_.complete();
  return {};
}

}  // namespace pppol2tp::collectors
