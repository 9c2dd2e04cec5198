// plugin/ring/EVENTS.md, as it has to be: what a session can report, from the tables of
// plugin/ring.
#pragma once

#include <string>

namespace pppol2tp::pages {

std::string events_markdown();

}  // namespace pppol2tp::pages
