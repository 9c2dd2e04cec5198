// The state of the shared memory, in a few lines.
#pragma once

#include <string>

#include "agent/ctl/host_view.h"

namespace pppol2tp::ctl {

// `name: value` lines, or one JSON object.
std::string ring_health(const HostView& view, const std::string& path, bool as_json);

}  // namespace pppol2tp::ctl
