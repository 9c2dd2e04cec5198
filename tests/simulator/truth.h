// What the simulator really did: the oracle that an agent's counters are compared with.
//
// Any thread may count; a report is of one moment only while nothing moves.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "plugin/ring/session_state.h"

namespace pppol2tp::simulator {

// As last published.
struct TrafficTruth {
  std::atomic<std::uint64_t> receive_bytes{0};
  std::atomic<std::uint64_t> receive_packets{0};
  std::atomic<std::uint64_t> transmit_bytes{0};
  std::atomic<std::uint64_t> transmit_packets{0};

  // A JSON object's inside.
  std::string to_json() const {
    return "\"receive_bytes\": " + std::to_string(receive_bytes) +
           ", \"receive_packets\": " + std::to_string(receive_packets) +
           ", \"transmit_bytes\": " + std::to_string(transmit_bytes) +
           ", \"transmit_packets\": " + std::to_string(transmit_packets);
  }
};

struct Truth {
  explicit Truth(std::uint32_t tunnels) : traffic(tunnels) {}

  std::atomic<std::uint64_t> starts{0};
  std::array<std::atomic<std::uint64_t>, ring::kCauseCount> ends{};  // by Cause
  std::vector<TrafficTruth> traffic;                                 // by tunnel, from id 1 on

  std::uint64_t all_ends() const {
    std::uint64_t sum = 0;
    for (const auto& count : ends) sum += count.load();
    return sum;
  }

  // One line of JSON; causes that never happened are left out.
  std::string to_json() const {
    std::string causes;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i] == 0) continue;
      if (!causes.empty()) causes += ", ";
      causes += std::string("\"") + ring::to_text(static_cast<ring::Cause>(i)) +
                "\": " + std::to_string(ends[i]);
    }
    std::string tunnels;
    for (std::size_t i = 0; i < traffic.size(); ++i) {
      if (i != 0) tunnels += ", ";
      tunnels += "\"" + std::to_string(i + 1) + "\": {" + traffic[i].to_json() + "}";
    }
    return "{\"living\": " + std::to_string(starts - all_ends()) +
           ", \"starts\": " + std::to_string(starts) + ", \"ends\": {" + causes +
           "}, \"tunnels\": {" + tunnels + "}}";
  }
};

}  // namespace pppol2tp::simulator
