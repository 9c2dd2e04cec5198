// Messages of any length between two processes, over a pair of SOCK_SEQPACKET sockets; this is one
// end. A message travels in packets of limited size. If its sender dies before the last one, the
// message is dropped when the next one begins.
//
// One thread at a time. Move-only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace pppol2tp {

class PacketChannel {
 public:
  // Both are close-on-exec.
  struct Ends {
    Fd one;
    Fd other;
  };
  static Result<Ends> make_ends();

  // Messages longer than `most_bytes` are dropped on arrival.
  PacketChannel(Fd end, std::size_t most_bytes) : end_(std::move(end)), most_bytes_(most_bytes) {}

  // Fails if there is no room now and it must not wait, or if the other end is closed.
  enum class Patience : std::uint8_t { none, endless };
  Result<void> send(std::span<const std::uint8_t> message, Patience patience);

  // Does not wait. A message is complete, and valid until the next call.
  enum class Received : std::uint8_t { message, nothing, end };
  Received receive(std::span<const std::uint8_t>& message);

  // Readable when there is something to receive.
  int descriptor() const { return end_.get(); }

 private:
  bool take(std::span<const std::uint8_t> packet);

  Fd end_;
  std::size_t most_bytes_;
  std::vector<std::uint8_t> message_;
  bool is_within_message_ = false;
};

}  // namespace pppol2tp
