// Sessions as JSON, for scripts: each field under its name, plain numbers (seconds, bytes, Unix
// time); unknown fields are left out.
#pragma once

#include <string>
#include <vector>

#include "agent/ctl/fields.h"

namespace pppol2tp::ctl {

// An array, one session on each line.
std::string to_json(const std::vector<const model::Session*>& sessions, const Moment& moment);

// One object, on one line.
std::string to_json(const model::Session& session, const Moment& moment);

// An event's line: its name, its time, and the fields that it changed.
struct Change {
  const Field* field;
  Value value;
};
std::string to_json(double unix_seconds, const std::string& id, const char* event,
                    const std::vector<Change>& changes, const Moment& moment);

}  // namespace pppol2tp::ctl
