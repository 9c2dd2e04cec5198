// Descriptions of the configuration, derived from options.def.
#pragma once

#include <string>

namespace pppol2tp::config {

// A configuration file with every option at its default, each after its explanation.
std::string sample();

// agent/CONFIG.md.
std::string config_markdown();

}  // namespace pppol2tp::config
