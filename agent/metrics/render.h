// Renders the families whose number of samples does not grow with the sessions. Pure; any thread.
#pragma once

#include <string>

#include "agent/metrics/facts.h"
#include "agent/metrics/format.h"
#include "agent/metrics/selection.h"
#include "agent/model/snapshot.h"

namespace pppol2tp::metrics {

// `tally`: of the snapshot's sessions.
std::string host_text(const model::Snapshot& snapshot, const Tally& tally, Format format,
                      const FamilySet& families);
std::string agent_text(const AgentFacts& facts, Format format, const FamilySet& families);

}  // namespace pppol2tp::metrics
