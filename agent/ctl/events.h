// What happened, according to the ring: for each record, the fields of its session that it changed.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "agent/ctl/json.h"
#include "agent/ctl/query.h"
#include "plugin/ring/events.h"

namespace pppol2tp::ctl {

// Turns records into lines. Keeps the sessions that it has seen, to find what a record changes: of
// a session that it does not know, a record's whole section counts as changed. Records of one
// session must come in order. One thread.
class EventText {
 public:
  // The most sessions kept, which take a kilobyte each. The end of a session may be lost with
  // overwritten records, or never be written. So those that were silent for longest are forgotten;
  // at least the half of it that reported last is kept.
  static constexpr std::size_t kMostKept = 100'000;

  // Leaves out sessions that do not match all conditions and, if `events` names any, all other
  // events (events.def).
  EventText(std::vector<Condition> conditions, std::vector<std::string> events, bool as_json,
            std::size_t most_kept = kMostKept)
      : conditions_(std::move(conditions)),
        events_(std::move(events)),
        as_json_(as_json),
        most_recent_(most_kept / 2) {}

  // The record's line, without a newline; empty if it is left out.
  std::string line_of(const ring::Record& record, const Moment& moment);

  std::size_t sessions_kept() const { return recent_.size() + silent_.size(); }

 private:
  using Sessions = std::unordered_map<model::SessionIds, model::Session>;

  model::Session& recall(const model::SessionIds& ids);

  std::vector<Condition> conditions_;
  std::vector<std::string> events_;
  bool as_json_;
  // When `recent_` is full, it becomes `silent_`, and what was left there is forgotten.
  std::size_t most_recent_;
  Sessions recent_;
  Sessions silent_;
};

// Prints what the ring still holds and, with `follow`, what happens then, until a signal ends the
// program or the output can take no more, which is an error. Reports losses in separate lines on
// standard error.
Result<void> print_events(const std::string& ring_path, EventText text, bool follow);

}  // namespace pppol2tp::ctl
