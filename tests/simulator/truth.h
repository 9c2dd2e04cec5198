// What the simulator really did: the oracle that an agent's counters are compared with.
//
// Any thread may count; a report is of one moment only while nothing moves.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "plugin/ring/session_state.h"

namespace pppol2tp::simulator {

struct Truth {
  std::atomic<std::uint64_t> starts{0};
  std::array<std::atomic<std::uint64_t>, ring::kCauseCount> ends{};  // by Cause
  std::atomic<std::uint64_t> receive_bytes{0};                       // as last published
  std::atomic<std::uint64_t> transmit_bytes{0};

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
    return "{\"living\": " + std::to_string(starts - all_ends()) +
           ", \"starts\": " + std::to_string(starts) + ", \"ends\": {" + causes +
           "}, \"receive_bytes\": " + std::to_string(receive_bytes) +
           ", \"transmit_bytes\": " + std::to_string(transmit_bytes) + "}";
  }
};

}  // namespace pppol2tp::simulator
