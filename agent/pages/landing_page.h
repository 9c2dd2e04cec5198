// The page at "/": what this is, where the metrics are, and the sessions at a glance. Plain HTML
// without scripts or anything from elsewhere.
#pragma once

#include <string>
#include <string_view>

#include "agent/model/snapshot.h"

namespace pppol2tp::pages {

// More sessions than this are counted on the page, and left to /metrics.
inline constexpr std::size_t kMaxRows = 500;

// Pure; any thread. Everything a peer chose is escaped.
std::string landing_page(const model::Snapshot& snapshot, std::string_view version);

}  // namespace pppol2tp::pages
