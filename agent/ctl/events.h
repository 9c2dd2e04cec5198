// What happened, as the ring tells it: for each record the fields of its session that it changed.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "agent/ctl/json.h"
#include "agent/ctl/query.h"
#include "plugin/ring/events.h"

namespace pppol2tp::ctl {

// Turns records into lines. Keeps the sessions that it has seen, so that it can tell a change.
// Records of one session must come in their order. One thread.
class EventText {
 public:
  // Left out are lines of sessions of which a condition does not hold, and, where `events` names
  // any, those of other events (events.def).
  EventText(std::vector<Condition> conditions, std::vector<std::string> events, bool as_json)
      : conditions_(std::move(conditions)), events_(std::move(events)), as_json_(as_json) {}

  // The record's line, without its end; empty when it is left out.
  std::string line_of(const ring::Record& record, const Moment& moment);

 private:
  std::unordered_map<model::SessionIds, model::Session> sessions_;
  std::vector<Condition> conditions_;
  std::vector<std::string> events_;
  bool as_json_;
};

// Prints what the ring still holds and, with `follow`, what comes, until a signal or a closed
// output ends the program. Losses are told in a line of their own, on standard error.
Result<void> print_events(const std::string& ring_path, EventText text, bool follow);

}  // namespace pppol2tp::ctl
