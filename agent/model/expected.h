// The sessions that the configuration expects to be up at all times, and whether they are. Pure;
// immutable once made, so any thread may ask.
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

// All given fields must match; at least one of them is not the namespace.
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

// The result for one expectation: a matching session that is up, or else one that has not ended.
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

  // In the order of the configuration. Walks all sessions once, with a few look-ups for each. The
  // result must not outlive this object.
  std::vector<ExpectedState> judge(const CowPages<Session>::Snapshot& sessions) const;

 private:
  using Index = std::unordered_multimap<std::string_view, std::size_t>;

  void judge(const Session& session, std::vector<ExpectedState>& states) const;
  void judge(const Session& session, std::size_t which, std::vector<ExpectedState>& states) const;

  std::vector<ExpectedSession> expected_;
  // Each expectation is in one of these indexes, by the first text that it gives.
  Index by_user_;
  Index by_ipparam_;
  Index by_peer_address_;
  Index by_ifname_;
  std::vector<std::size_t> by_ids_;
};

}  // namespace pppol2tp::model
