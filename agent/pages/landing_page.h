// The page at "/": what this is, where the metrics are, what is wrong with the agent, and the
// sessions at a glance. Plain HTML without scripts or anything from elsewhere; its style is at
// style.css beside it (style.h). Links are relative, so that the page also works below another path
// of a reverse proxy.
#pragma once

#include <string>

#include "agent/metrics/facts.h"
#include "agent/model/snapshot.h"

namespace pppol2tp::pages {

// Pure; any thread. Everything a peer chose is escaped.
std::string landing_page(const model::Snapshot& snapshot, const metrics::AgentFacts& agent);

}  // namespace pppol2tp::pages
