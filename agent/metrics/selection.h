// Which families an answer shows. People select them by name, by a prefix and a star
// (pppol2tp_session_receive_*), or by scope (session, tunnel, host, agent).
#pragma once

#include <bitset>
#include <string_view>

#include "agent/base/result.h"
#include "agent/metrics/catalogue.h"

namespace pppol2tp::metrics {

// By FamilyId.
using FamilySet = std::bitset<kFamilies.size()>;

// How much is shown; each level includes those before it.
enum class Detail : std::uint8_t {
  totals,      // the host and the agent
  tunnels,     // and each tunnel
  sessions,    // and each session, without the families that the table calls details
  everything,  // all of the table
};

FamilySet families_of(Detail detail);

// The families that a word selects. The error quotes the word.
Result<FamilySet> parse_families(std::string_view word);

// For errors and help.
std::string_view allowed_families();

}  // namespace pppol2tp::metrics
