// The page at "/": what this is, where the metrics are, and the sessions at a glance. Plain HTML
// without scripts or anything from elsewhere; its style is at style.css beside it (style.h). Links
// are relative, so that the page also works below another path of a reverse proxy.
#pragma once

#include <string>
#include <string_view>

#include "agent/model/snapshot.h"

namespace pppol2tp::pages {

// Pure; any thread. Everything a peer chose is escaped.
std::string landing_page(const model::Snapshot& snapshot, std::string_view version);

}  // namespace pppol2tp::pages
