// Hears from the kernel (rtnetlink) when a PPP interface goes away, in the network namespace that
// its thread was in when it was made. A pppd that is killed says nothing itself, but its interface
// goes with it, at once: so its end is seen without looking more often than once a second. Needs no
// privilege.
//
// A hint only: it says when to look, liveness says what happened. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "agent/collectors/collector.h"

struct nl_sock;
struct nlmsghdr;

namespace pppol2tp::collectors {

// Whether the message tells of the end of a PPP interface (RTM_DELLINK of type ARPHRD_PPP). Pure;
// reads no more than the message's own length, which its caller has checked.
bool is_end_of_ppp_link(const nlmsghdr& message);

class LinkWatch final : public Collector {
 public:
  LinkWatch();
  ~LinkWatch() override;

  std::string_view name() const override { return "links"; }

  // Takes in what the kernel has said, as hear() does.
  Result<void> collect(model::Model& model, std::uint64_t now_ns) override;

  // Fails when there is no socket, or when the kernel had more to say than the socket could hold;
  // what was missed then, the other collectors find by themselves.
  Result<void> hear();

  // Readable when the kernel has something to say; -1 without a socket.
  int descriptor() const;

  // How many PPP interfaces have gone since the last call.
  std::uint64_t take_ended_links();

 private:
  struct CloseSocket {
    void operator()(nl_sock* socket) const;
  };

  std::unique_ptr<nl_sock, CloseSocket> socket_;
  int open_error_ = 0;  // of libnl
  std::uint64_t ended_links_ = 0;
};

}  // namespace pppol2tp::collectors
