// Asks rtnetlink once for the PPP interfaces and their addresses, and then receives the changes, in
// the network namespace that its thread was in when it was opened. Needs no privilege. If messages
// overflow the socket's buffer, it asks again.
//
// One thread at a time; never blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "agent/base/result.h"
#include "agent/collectors/l2tp_socket.h"
#include "agent/collectors/ppp_links.h"

namespace pppol2tp::collectors {

class AddressWatch {
 public:
  static Result<AddressWatch> open();

  // Readable when there are messages.
  int descriptor() const;

  // Processes the kernel's messages. After a failure the watch is of no more use: open a new one.
  Result<void> hear();

  std::vector<PppLinks::Change> take_changes() { return links_.take_changes(); }

 private:
  explicit AddressWatch(NetlinkSocket socket) : socket_(std::move(socket)) {}
  Result<void> ask_for_all();
  Result<void> ask(std::uint16_t type);
  Result<void> take(const nlmsghdr& message);

  NetlinkSocket socket_;
  PppLinks links_;
  std::optional<std::uint16_t> asked_;  // the type of the dump in progress
  std::uint32_t sequence_ = 0;          // of that dump
  bool is_outdated_ = false;            // the dumped data changed during the dump
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(std::size_t{64} << 10);
};

}  // namespace pppol2tp::collectors
