#include "agent/base/packet_channel.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace pppol2tp {
namespace {

// A packet's first byte; its part of the message follows.
constexpr std::uint8_t kFirst = 1;
constexpr std::uint8_t kLast = 2;
// A few packets fit into a socket's default buffer (208 KiB).
constexpr std::size_t kPacketBytes = std::size_t{32} << 10;
constexpr std::size_t kPartBytes = kPacketBytes - 1;

}  // namespace

Result<PacketChannel::Ends> PacketChannel::make_ends() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail_errno(errno, "a pair of sockets");
  }
  return Ends{Fd(ends[0]), Fd(ends[1])};
}

Result<void> PacketChannel::send(std::span<const std::uint8_t> message, Patience patience) {
  const int flags = MSG_NOSIGNAL | (patience == Patience::none ? MSG_DONTWAIT : 0);
  std::uint8_t marks = kFirst;
  do {
    const auto part = message.first(std::min(message.size(), kPartBytes));
    message = message.subspan(part.size());
    if (message.empty()) marks |= kLast;
    std::array<iovec, 2> pieces{
        {{&marks, 1}, {const_cast<std::uint8_t*>(part.data()), part.size()}}};
    msghdr packet{};
    packet.msg_iov = pieces.data();
    packet.msg_iovlen = pieces.size();
    ssize_t sent = 0;
    do {
      sent = sendmsg(end_.get(), &packet, flags);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) return fail_errno(errno, "message to another process");
    marks = 0;
  } while (!message.empty());
  return {};
}

PacketChannel::Received PacketChannel::receive(std::span<const std::uint8_t>& message) {
  std::array<std::uint8_t, kPacketBytes> packet;
  for (;;) {
    const ssize_t got = recv(end_.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return Received::nothing;
    if (got <= 0) return Received::end;
    const auto length = static_cast<std::size_t>(got);
    if (length > packet.size()) {  // not sent by this class
      is_within_message_ = false;
    } else if (take(std::span(packet).first(length))) {
      message = message_;
      return Received::message;
    }
  }
}

// Returns whether the message is complete now.
bool PacketChannel::take(std::span<const std::uint8_t> packet) {
  const std::uint8_t marks = packet.front();
  const auto part = packet.subspan(1);
  if ((marks & kFirst) != 0) {
    message_.clear();
    is_within_message_ = true;
  }
  if (message_.size() + part.size() > most_bytes_) is_within_message_ = false;
  if (!is_within_message_) return false;
  message_.insert(message_.end(), part.begin(), part.end());
  is_within_message_ = (marks & kLast) == 0;
  return !is_within_message_;
}

}  // namespace pppol2tp
