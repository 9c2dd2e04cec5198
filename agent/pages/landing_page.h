// The page at "/": what this is, where the metrics are, the agent's problems, and an overview of
// the sessions. Plain HTML without scripts or external resources; its style sheet is style.css
// beside it (style.h). Links are relative, so that the page also works under another path behind a
// reverse proxy.
#pragma once

#include <string>

#include "agent/metrics/facts.h"
#include "agent/model/snapshot.h"

namespace pppol2tp::pages {

// Pure; any thread. All text from peers is escaped. Lets go of the snapshot before it returns:
// while the page is sent, which takes as long as its reader likes, it keeps no pages of the model.
std::string landing_page(model::Snapshot snapshot, const metrics::AgentFacts& agent);

}  // namespace pppol2tp::pages
