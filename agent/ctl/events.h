// What happened, according to the ring: for each record, the fields of its session that it changed.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "agent/ctl/json.h"
#include "agent/ctl/query.h"
#include "plugin/ring/events.h"

namespace pppol2tp::ctl {

// Turns records into lines. Keeps the sessions that it has seen, to find what a record changes.
// Records of one session must come in order. One thread.
class EventText {
 public:
  // Leaves out sessions that do not match all conditions and, if `events` names any, all other
  // events (events.def).
  EventText(std::vector<Condition> conditions, std::vector<std::string> events, bool as_json)
      : conditions_(std::move(conditions)), events_(std::move(events)), as_json_(as_json) {}

  // The record's line, without a newline; empty if it is left out.
  std::string line_of(const ring::Record& record, const Moment& moment);

 private:
  std::unordered_map<model::SessionIds, model::Session> sessions_;
  std::vector<Condition> conditions_;
  std::vector<std::string> events_;
  bool as_json_;
};

// Prints what the ring still holds and, with `follow`, what happens then, until a signal or a
// closed output ends the program. Reports losses in separate lines on standard error.
Result<void> print_events(const std::string& ring_path, EventText text, bool follow);

}  // namespace pppol2tp::ctl
