// An immutable copy of the model's state, which any thread may render.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "agent/model/cow_pages.h"
#include "agent/model/expected.h"
#include "agent/model/session.h"

namespace pppol2tp::model {

struct Limits {
  std::size_t sessions = 200'000;
  std::uint64_t retention_ns = 900'000'000'000;  // how long an ended session stays
  std::size_t tunnels = 20'000;
};

struct Snapshot {
  CowPages<Session>::Snapshot sessions;
  CowPages<Tunnel>::Snapshot tunnels;
  Totals totals;
  Limits limits;
  std::shared_ptr<const ExpectedSessions> expected;  // null: no session is expected
  std::uint64_t taken_ns = 0;                        // CLOCK_BOOTTIME
  // Nanoseconds to add to a CLOCK_BOOTTIME value to get the time of day.
  std::int64_t realtime_offset_ns = 0;
};

}  // namespace pppol2tp::model
