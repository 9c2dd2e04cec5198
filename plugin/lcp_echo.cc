#include "plugin/lcp_echo.h"

namespace pppol2tp {
namespace {

constexpr std::size_t kMagicBytes = 4;

std::uint32_t magic_of(const ControlPacket& packet) {
  const std::uint8_t* const d = packet.data;
  return std::uint32_t{d[0]} << 24 | std::uint32_t{d[1]} << 16 | std::uint32_t{d[2]} << 8 | d[3];
}

std::size_t bucket_of(std::uint64_t rtt_ns) {
  std::size_t bucket = 0;
  while (rtt_ns > ring::kEchoRttBoundsNs[bucket] && bucket + 1 < ring::kEchoRttBoundsNs.size()) {
    ++bucket;
  }
  return bucket;
}

}  // namespace

void LcpEcho::request_sent(const ControlPacket& request, std::uint64_t now_ns) {
  if (request.data_bytes < kMagicBytes) {
    return;
  }
  give_up_late(now_ns);
  for (std::size_t i = 0; i < waiting_count_; ++i) {
    if (waiting_[i].identifier == request.identifier) {
      lose(i, now_ns);
      break;
    }
  }
  if (waiting_count_ == waiting_.size()) {
    lose(0, now_ns);
  }
  waiting_[waiting_count_++] = {now_ns, magic_of(request), request.identifier};
  ++measured_.requests;
  measured_.updated_ns = now_ns;
}

void LcpEcho::reply_received(const ControlPacket& reply, std::uint64_t now_ns) {
  if (reply.data_bytes < kMagicBytes) {
    return;
  }
  give_up_late(now_ns);
  std::size_t i = 0;
  while (i < waiting_count_ && waiting_[i].identifier != reply.identifier) {
    ++i;
  }
  if (i == waiting_count_) {
    return;
  }
  // With this host's own magic number, the frame came back from a loop: RFC 1661, section 6.4.
  const std::uint32_t magic = magic_of(reply);
  if (magic != 0 && magic == waiting_[i].magic) {
    return;
  }
  const std::uint64_t rtt_ns = now_ns - waiting_[i].sent_ns;
  remove(i);
  ++measured_.replies;
  ++measured_.replies_by_rtt[bucket_of(rtt_ns)];
  measured_.rtt_sum_ns += rtt_ns;
  measured_.rtt_latest_ns = rtt_ns;
  measured_.updated_ns = now_ns;
}

void LcpEcho::give_up_late(std::uint64_t now_ns) {
  while (waiting_count_ != 0 && now_ns - waiting_[0].sent_ns > ring::kEchoPatienceNs) {
    lose(0, now_ns);
  }
}

void LcpEcho::give_up_all(std::uint64_t now_ns) {
  while (waiting_count_ != 0) {
    lose(0, now_ns);
  }
}

void LcpEcho::lose(std::size_t index, std::uint64_t now_ns) {
  remove(index);
  ++measured_.losses;
  measured_.updated_ns = now_ns;
}

void LcpEcho::remove(std::size_t index) {
  --waiting_count_;
  for (std::size_t i = index; i < waiting_count_; ++i) {
    waiting_[i] = waiting_[i + 1];
  }
}

}  // namespace pppol2tp
