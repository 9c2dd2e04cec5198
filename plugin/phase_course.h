// The course of a link through pppd's phases. On its way down pppd passes through NETWORK and
// ESTABLISH again, as it does when the peer starts LCP over, so a phase needs its direction:
//
//   up      SERIALCONN -> ESTABLISH -> AUTHENTICATE (-> CALLBACK) -> NETWORK -> RUNNING
//   down    ... (-> TERMINATE, when this side closes) -> NETWORK -> ESTABLISH -> DISCONNECT -> DEAD
//   again   ... RUNNING -> NETWORK -> ESTABLISH (down) -> AUTHENTICATE -> ... (up)
//
// Pure.
#pragma once

#include <cstdint>

#include "plugin/ring/session_state.h"

namespace pppol2tp {

// A session's phase before pppd has reported any.
ring::PhaseSection first_phase();

// The section after `before` when `entered` is entered at `now_ns`.
ring::PhaseSection next_phase(const ring::PhaseSection& before, ring::Phase entered,
                              std::uint64_t now_ns);

}  // namespace pppol2tp
