// LCP echo (RFC 1661, section 5.8), from the frames that pass: what this host asked, what the peer
// answered and how fast, and what was lost. The peer's own requests are none of this.
//
// A reply belongs to the request of its identifier, and each request has one reply at most: so
// neither a duplicate nor a reply that comes after its request was lost counts. Identifiers come
// back, after 256 requests or when LCP starts over; then the older request is lost at once, since
// its reply could not be told from the newer one's.
//
// Owns nothing outside; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "plugin/control_frames.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp {

class LcpEcho {
 public:
  // Times are CLOCK_BOOTTIME, nanoseconds. The packets are an Echo-Request that this host sent and
  // an Echo-Reply that it received.
  void request_sent(const ControlPacket& request, std::uint64_t now_ns);
  void reply_received(const ControlPacket& reply, std::uint64_t now_ns);

  // Gives up the requests that have waited for longer than kEchoPatienceNs.
  void give_up_late(std::uint64_t now_ns);
  // The link is given up for dead: so are all requests.
  void give_up_all(std::uint64_t now_ns);

  const ring::EchoSection& measured() const { return measured_; }

 private:
  struct Request {
    std::uint64_t sent_ns;
    std::uint32_t magic;
    std::uint8_t identifier;
  };

  void lose(std::size_t index, std::uint64_t now_ns);
  void remove(std::size_t index);

  // In the order of sending. pppd sends one a second at most, so this holds the patience's worth;
  // one more makes the oldest lost.
  std::array<Request, 8> waiting_{};
  std::size_t waiting_count_ = 0;
  ring::EchoSection measured_{};
};

}  // namespace pppol2tp
