// An immutable picture of the model, for whoever renders it, on any thread.
#pragma once

#include <cstdint>

#include "agent/model/cow_pages.h"
#include "agent/model/session.h"

namespace pppol2tp::model {

struct Snapshot {
  CowPages<Session>::Snapshot sessions;
  CowPages<Tunnel>::Snapshot tunnels;
  Totals totals;
  std::uint64_t taken_ns = 0;  // CLOCK_BOOTTIME
  // What is to be added to a CLOCK_BOOTTIME to get the time of day, nanoseconds.
  std::int64_t realtime_offset_ns = 0;
};

}  // namespace pppol2tp::model
