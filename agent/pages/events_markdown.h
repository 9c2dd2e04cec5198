// The text of plugin/ring/EVENTS.md, from the tables of plugin/ring.
#pragma once

#include <string>

namespace pppol2tp::pages {

std::string events_markdown();

}  // namespace pppol2tp::pages
