// Measures LCP echo (RFC 1661, section 5.8) from the frames: this host's requests, the peer's
// replies and how fast they came, and losses. The peer's own requests are ignored.
//
// A reply belongs to the request with its identifier, and each request has one reply at most. So a
// duplicate does not count, and neither does a reply to a lost request. Identifiers are used again,
// after 256 requests or when LCP starts over. The older request then counts as lost at once,
// because its reply could not be told from the newer one's.
//
// Owns no resources; one thread.
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

  // Counts requests as lost that have waited for longer than kEchoPatienceNs.
  void give_up_late(std::uint64_t now_ns);
  // The link is taken as dead: counts all waiting requests as lost.
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

  // In the order of sending. pppd sends at most one a second, so this holds all requests within
  // kEchoPatienceNs; if one more comes, the oldest counts as lost.
  std::array<Request, 8> waiting_{};
  std::size_t waiting_count_ = 0;
  ring::EchoSection measured_{};
};

}  // namespace pppol2tp
