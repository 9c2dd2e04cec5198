// The body of /metrics: families of the metric table over one snapshot, in the Prometheus text
// format 0.0.4. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "agent/metrics/facts.h"
#include "agent/model/snapshot.h"

namespace pppol2tp::metrics {

inline constexpr const char kTextContentType[] = "text/plain; version=0.0.4; charset=utf-8";

// `session_labels` names labels of session_info that every sample of a session is to carry.
std::string render_text(const model::Snapshot& snapshot, const AgentFacts& agent,
                        const std::vector<std::string>& session_labels = {});

// Its parts, in the order of the table.
void render_sessions(std::string& out, const model::Snapshot& snapshot,
                     const std::vector<std::string>& session_labels);
void render_tunnels(std::string& out, const model::Snapshot& snapshot);
void render_host(std::string& out, const model::Snapshot& snapshot);
void render_agent(std::string& out, const AgentFacts& facts);

}  // namespace pppol2tp::metrics
