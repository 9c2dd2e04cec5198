// How sessions come up: the time that each took to reach a phase, and how far the failed ones got.
#pragma once

#include <array>
#include <cstdint>

#include "agent/model/histogram.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp::model {

// The phases whose times are counted, from the moment when pppd got the socket.
inline constexpr std::array kTimedPhases = {ring::Phase::authenticate, ring::Phase::network,
                                            ring::Phase::running};

// From a session on a LAN without authentication to a peer that answers at the last retry: LCP
// gives up after 30 s (RFC 1661, section 4.6), and so does authentication in pppd.
inline constexpr std::array<std::uint64_t, 12> kSetupBoundsNs = {
    25'000'000,    50'000'000,    100'000'000,    250'000'000,    500'000'000,    1'000'000'000,
    2'500'000'000, 5'000'000'000, 10'000'000'000, 30'000'000'000, 60'000'000'000, 120'000'000'000};

inline constexpr std::size_t kFailurePhases = static_cast<std::size_t>(ring::Phase::running);

// Part of the checkpoint's format.
struct SetupTotals {
  std::array<Histogram, kTimedPhases.size()> durations{};
  std::array<std::uint64_t, kFailurePhases> failures{};  // by the furthest phase

  // Counts the phases that a session has reached in `now` but not in `before`. A phase is counted
  // when both its time and the session's start are known, in whichever order they were reported.
  void add_progress(const ring::SessionState& before, const ring::SessionState& now);

  // Counts a session that has just ended, if its link was never up.
  void add_end(const ring::SessionState& state);
};

}  // namespace pppol2tp::model
