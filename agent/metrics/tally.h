// How many sessions there are of each kind.
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

  // As of `now_ns`.
  void count(const model::Session& session, std::uint64_t now_ns);

  Tally& operator+=(const Tally& other);
  bool operator==(const Tally&) const = default;
};

// Counts again only what is on pages that have changed, in more than statistics, since they were
// counted last. Thread-safe.
class Tallies {
 public:
  Tally of(const model::Snapshot& snapshot);

 private:
  struct Counted {
    std::uint64_t facts_version = 0;
    // While nothing changes, the tally holds from the one time to before the other.
    std::uint64_t from_ns = 0;
    std::uint64_t until_ns = 0;
    Tally tally;
  };
  using Page = model::CowPages<model::Session>::Page;

  static Counted counted(const Page& page, std::uint64_t now_ns);

  Guarded<std::vector<Counted>> pages_;  // by their number
};

}  // namespace pppol2tp::metrics
