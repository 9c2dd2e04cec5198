// Asks rtnetlink once for the PPP interfaces and their addresses, and hears what changes from then
// on, in the network namespace that its thread was in when it was opened. Needs no privilege. When
// the kernel had more to say than the socket could hold, it asks anew.
//
// One thread at a time; does not wait.
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

  // Readable when there is something to hear.
  int descriptor() const;

  // Takes in what the kernel has said. Failing is for good: it is to be opened anew.
  Result<void> hear();

  std::vector<PppLinks::Change> take_changes() { return links_.take_changes(); }

 private:
  explicit AddressWatch(NetlinkSocket socket) : socket_(std::move(socket)) {}
  Result<void> ask_for_all();
  Result<void> ask(std::uint16_t type);
  Result<void> take(const nlmsghdr& message);

  NetlinkSocket socket_;
  PppLinks links_;
  std::optional<std::uint16_t> asked_;  // what is being dumped
  std::uint32_t sequence_ = 0;          // of that
  bool is_outdated_ = false;            // what is being dumped has changed under the kernel
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(std::size_t{64} << 10);
};

}  // namespace pppol2tp::collectors
