// Control packets for tests, with their bytes on the heap and nothing behind them, so that
// AddressSanitizer detects any read past their end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "plugin/control_frames.h"

namespace pppol2tp::test {

using Bytes = std::vector<std::uint8_t>;

// Concatenates bytes and texts.
inline Bytes bytes_of(std::initializer_list<int> bytes, std::string_view text = "",
                      std::initializer_list<int> more = {}) {
  Bytes all;
  for (const int byte : bytes) all.push_back(static_cast<std::uint8_t>(byte));
  all.insert(all.end(), text.begin(), text.end());
  for (const int byte : more) all.push_back(static_cast<std::uint8_t>(byte));
  return all;
}

class Packet {
 public:
  Packet(int code, int identifier, const Bytes& data)
      : bytes_(std::make_unique<std::uint8_t[]>(data.size())),
        packet_{static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(identifier),
                bytes_.get(), data.size()} {
    std::copy(data.begin(), data.end(), bytes_.get());
  }
  operator const ControlPacket&() const { return packet_; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  ControlPacket packet_;
};

}  // namespace pppol2tp::test
