// Tables of sessions for the landing page. Pure; any thread. Everything a peer chose is escaped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/metrics/facts.h"
#include "agent/model/snapshot.h"

namespace pppol2tp::pages {

// More sessions than this are counted on the page, and left to /metrics.
inline constexpr std::size_t kMaxRows = 500;
// The latest ends that are shown.
inline constexpr std::size_t kMaxEnds = 20;

// How many living sessions are in each phase; phases that none is in are left out.
void append_phases(std::string& out, const metrics::HostFacts& host);

// How many sessions have ended of each cause since the agent's first start; causes without any are
// left out.
void append_causes(std::string& out, const metrics::HostFacts& host);

// The sessions that ended last, the newest first, each with its cause and the peer's own words.
void append_latest_ends(std::string& out, const model::Snapshot& snapshot);

// The living sessions, by their ids.
void append_living(std::string& out, const model::Snapshot& snapshot);

}  // namespace pppol2tp::pages
