// The manual of the configuration file, pppol2tp-agent.yml(5), from options.def.
#pragma once

#include <string>

namespace pppol2tp::config {

std::string config_manual();

}  // namespace pppol2tp::config
