// Sums over sessions of what their peers do: how fast they answer, and how they authenticate.
#pragma once

#include <array>
#include <cstdint>

#include "agent/model/histogram.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp::model {

// Adds what `now` has measured since `before`; the buckets are those of ring::kEchoRttBoundsNs.
void add_echo_growth(Histogram& rtt, const ring::EchoSection& before, const ring::EchoSection& now);

// The labels of one of the sums below.
struct AttemptKind {
  ring::AuthenticationDirection direction;
  ring::AuthenticationProtocol protocol;
  ring::AuthenticationResult result;
};

// Part of the checkpoint's format.
struct AttemptTotals {
  static constexpr std::size_t kKinds = ring::kAuthenticationDirections *
                                        ring::kAuthenticationProtocols *
                                        ring::kAuthenticationResults;
  std::array<std::uint64_t, kKinds> counts{};  // in the order of attempt_kinds()

  void add_growth(const ring::AttemptsSection& before, const ring::AttemptsSection& now);
};

// All kinds, in the order of ring::AttemptsSection's counts.
constexpr std::array<AttemptKind, AttemptTotals::kKinds> attempt_kinds() {
  std::array<AttemptKind, AttemptTotals::kKinds> kinds{};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const std::size_t of_direction = i / ring::kAuthenticationResults;
    kinds[i] = {ring::AuthenticationDirection(of_direction / ring::kAuthenticationProtocols),
                ring::AuthenticationProtocol(1 + of_direction % ring::kAuthenticationProtocols),
                ring::AuthenticationResult(i % ring::kAuthenticationResults)};
  }
  return kinds;
}

}  // namespace pppol2tp::model
