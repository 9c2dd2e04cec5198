// The messages in the bytes received from a netlink socket: several complete ones in sequence.
#pragma once

#include <netlink/msg.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace pppol2tp::collectors {

// Visits each message that is complete within the first `length` bytes; stops when the visitor
// returns false.
template <typename Visit>
void for_each_message(std::vector<std::uint8_t>& bytes, std::size_t length, Visit&& visit) {
  int left = static_cast<int>(length);
  auto* header = reinterpret_cast<nlmsghdr*>(bytes.data());
  for (; nlmsg_ok(header, left) != 0; header = nlmsg_next(header, &left)) {
    if (!visit(*header)) return;
  }
}

// 0 for an acknowledgement, and for a message that is not an error.
inline int error_number_of(const nlmsghdr& message) {
  if (message.nlmsg_type != NLMSG_ERROR && message.nlmsg_type != NLMSG_DONE) return 0;
  int error = 0;
  if (message.nlmsg_len >= NLMSG_LENGTH(sizeof error)) {
    std::memcpy(&error, nlmsg_data(&message), sizeof error);
  }
  return -error;
}

}  // namespace pppol2tp::collectors
