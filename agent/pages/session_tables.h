// Tables of sessions for the landing page. Pure; any thread. All text from peers is escaped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/metrics/facts.h"
#include "agent/model/snapshot.h"

namespace pppol2tp::pages {

// The page lists this many sessions; it only counts the others, which are in /metrics.
inline constexpr std::size_t kMaxRows = 500;
// How many of the latest ends are listed.
inline constexpr std::size_t kMaxEnds = 20;

// The number of living sessions in each phase, without empty phases.
void append_phases(std::string& out, const metrics::HostFacts& host);

// The number of ended sessions by cause since the agent's first start, without causes that did not
// occur.
void append_causes(std::string& out, const metrics::HostFacts& host);

// The sessions that ended last, newest first, with cause and the peer's text.
void append_latest_ends(std::string& out, const model::Snapshot& snapshot);

// The living sessions, in the order of their ids.
void append_living(std::string& out, const model::Snapshot& snapshot);

}  // namespace pppol2tp::pages
