// The values that the metric table's rows use, besides sessions and tunnels.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/metrics/tally.h"
#include "agent/model/snapshot.h"
#include "plugin/ring/reader.h"

namespace pppol2tp::metrics {

// About the whole host, from one snapshot.
struct HostFacts : Tally {
  std::uint64_t tunnels = 0;
  std::vector<model::ExpectedState> expected;
  std::vector<model::ExpectedState> expected_present;  // those that a session matches
  model::Totals totals;
  model::Limits limits;
};

// `tally`: of the snapshot's sessions.
HostFacts host_facts(const model::Snapshot& snapshot, const Tally& tally);

struct RingFacts {
  bool attached = false;
  std::uint64_t record_slots = 0;
  std::uint64_t session_slots = 0;
  std::uint64_t tickets = 0;
  std::uint64_t dropped = 0;
  std::uint64_t table_full = 0;
  std::uint64_t holes = 0;
  ring::ReaderCounts counts;
};

struct CollectorFacts {
  std::string name;
  bool success = false;
  std::uint64_t duration_ns = 0;
};

struct HttpRequestFacts {
  std::string path;  // a route's path; "other" if no route matched
  std::string code;  // "2xx"
  std::uint64_t requests = 0;
};

struct ProcessFacts {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
  double start_time_seconds = 0;
};

// About the agent itself, from /proc/self. A value that cannot be read stays 0.
ProcessFacts process_facts();

struct AgentFacts {
  std::string version;
  RingFacts ring;
  model::Totals totals;
  std::vector<CollectorFacts> collectors;
  std::vector<HttpRequestFacts> http_requests;
  ProcessFacts process;
  bool checkpoint_success = true;
  bool config_success = true;
};

}  // namespace pppol2tp::metrics
