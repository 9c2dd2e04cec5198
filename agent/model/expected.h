// Sessions that should always be up, as somebody named them, and whether they are. Pure; immutable
// once made, so any thread may ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/model/cow_pages.h"
#include "agent/model/session.h"

namespace pppol2tp::model {

// All that is given must match; something other than the namespace is given.
struct ExpectedSession {
  std::string name;
  std::string user;
  std::string ipparam;
  std::string peer_address;
  std::string ifname;
  std::string netns;
  std::optional<std::uint32_t> tunnel_id;
  std::optional<std::uint32_t> session_id;
};

// What became of one expectation. The session is one that is up, if any is, else one that lives.
struct ExpectedState {
  std::string_view name;
  bool is_up = false;
  bool is_there = false;
  SessionIds ids{};
  NetnsName netns_name{};
  std::string ifname;
};

class ExpectedSessions {
 public:
  explicit ExpectedSessions(std::vector<ExpectedSession> expected);
  ExpectedSessions(const ExpectedSessions&) = delete;
  ExpectedSessions& operator=(const ExpectedSessions&) = delete;

  // In the order in which they were named. One walk over the sessions, a few look-ups for each.
  // What it returns lives no longer than this.
  std::vector<ExpectedState> judge(const CowPages<Session>::Snapshot& sessions) const;

 private:
  using Index = std::unordered_multimap<std::string_view, std::size_t>;

  void judge(const Session& session, std::vector<ExpectedState>& states) const;
  void judge(const Session& session, std::size_t which, std::vector<ExpectedState>& states) const;

  std::vector<ExpectedSession> expected_;
  // Each expectation is in one of them, by the first text that it names.
  Index by_user_;
  Index by_ipparam_;
  Index by_peer_address_;
  Index by_ifname_;
  std::vector<std::size_t> by_ids_;
};

}  // namespace pppol2tp::model
