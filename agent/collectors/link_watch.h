// Hears from the kernel (rtnetlink) when a PPP interface disappears, in the network namespace that
// its thread was in when it was made. A killed pppd reports nothing, but its interface disappears
// at once. So the agent sees its end without polling more often than once a second. Needs no
// privilege.
//
// Only a hint: it says when to look; liveness finds what happened. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "agent/collectors/collector.h"

struct nl_sock;
struct nlmsghdr;

namespace pppol2tp::collectors {

// Whether the message reports the end of a PPP interface (RTM_DELLINK of type ARPHRD_PPP). Pure;
// reads no more than the message's own length, which the caller has checked.
bool is_end_of_ppp_link(const nlmsghdr& message);

class LinkWatch final : public Collector {
 public:
  LinkWatch();
  ~LinkWatch() override;

  std::string_view name() const override { return "links"; }

  // Processes the kernel's messages, as hear() does.
  Result<void> collect(model::Model& model, std::uint64_t now_ns) override;

  // Fails if there is no socket, or if messages overflowed the socket's buffer; the other
  // collectors find by themselves what was missed.
  Result<void> hear();

  // Readable when there are messages; -1 without a socket.
  int descriptor() const;

  // How many PPP interfaces have disappeared since the last call.
  std::uint64_t take_ended_links();

 private:
  struct CloseSocket {
    void operator()(nl_sock* socket) const;
  };

  std::unique_ptr<nl_sock, CloseSocket> socket_;
  int open_error_ = 0;  // libnl's error number
  std::uint64_t ended_links_ = 0;
};

}  // namespace pppol2tp::collectors
