// Counts sessions by kind.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "agent/base/guarded.h"
#include "agent/model/reconciliation.h"
#include "agent/model/snapshot.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp::metrics {

struct Tally {
  std::array<std::uint64_t, ring::kPhaseCount> sessions_by_phase{};
  std::uint64_t sessions_up = 0;
  std::uint64_t sessions_departed = 0;
  std::array<std::uint64_t, model::kVerdictCount> in_disagreement{};  // by Verdict

  // As seen at `now_ns`.
  void count(const model::Session& session, std::uint64_t now_ns);

  Tally& operator+=(const Tally& other);
  bool operator==(const Tally&) const = default;
};

// Counts only pages again that have changed, in more than statistics, since the last count.
// Thread-safe.
class Tallies {
 public:
  Tally of(const model::Snapshot& snapshot);

 private:
  struct Counted {
    std::uint64_t facts_version = 0;
    // If nothing changes, the tally is valid from the first time until before the second.
    std::uint64_t from_ns = 0;
    std::uint64_t until_ns = 0;
    Tally tally;
  };
  using Page = model::CowPages<model::Session>::Page;

  static Counted counted(const Page& page, std::uint64_t now_ns);

  Guarded<std::vector<Counted>> pages_;  // by their number
};

}  // namespace pppol2tp::metrics
