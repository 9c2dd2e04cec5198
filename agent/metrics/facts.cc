#include "agent/metrics/facts.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>

namespace pppol2tp::metrics {
namespace {

std::uint64_t count_open_fds() {
  DIR* const directory = opendir("/proc/self/fd");
  if (directory == nullptr) return 0;
  std::uint64_t entries = 0;
  while (readdir(directory) != nullptr) ++entries;
  closedir(directory);
  return entries > 3 ? entries - 3 : 0;  // ".", ".." and the directory itself
}

double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// As Unix time.
double boot_time_seconds() {
  return seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME);
}

}  // namespace

HostFacts host_facts(const model::Snapshot& snapshot, const Tally& tally) {
  HostFacts facts;
  static_cast<Tally&>(facts) = tally;
  facts.totals = snapshot.totals;
  facts.limits = snapshot.limits;
  if (snapshot.expected) facts.expected = snapshot.expected->judge(snapshot.sessions);
  std::copy_if(facts.expected.begin(), facts.expected.end(),
               std::back_inserter(facts.expected_present),
               [](const model::ExpectedState& state) { return state.is_there; });
  snapshot.tunnels.for_each([&](const model::Tunnel& tunnel) {
    if (tunnel.is_up()) ++facts.tunnels;
  });
  return facts;
}

ProcessFacts process_facts() {
  ProcessFacts facts;
  // proc(5): the fields from the third on follow the command's closing parenthesis. 14 and 15 are
  // user and system time, 22 is the start (all in clock ticks), 23 and 24 are virtual and resident
  // size.
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  if (const auto end = line.rfind(')'); end != std::string::npos) {
    std::istringstream fields(line.substr(end + 1));
    std::string state;
    fields >> state;
    std::array<std::uint64_t, 25> field{};
    for (std::size_t i = 4; i < field.size(); ++i) {
      std::int64_t value = 0;
      fields >> value;
      field[i] = static_cast<std::uint64_t>(value);
    }
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    facts.cpu_seconds = static_cast<double>(field[14] + field[15]) / ticks;
    facts.virtual_bytes = field[23];
    facts.resident_bytes = field[24] * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    // Once: two clocks are never read at the same moment, so the sum would change with every
    // scrape.
    static const double start_time_seconds =
        boot_time_seconds() + static_cast<double>(field[22]) / ticks;
    facts.start_time_seconds = start_time_seconds;
  }
  facts.open_fds = count_open_fds();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) facts.max_fds = limit.rlim_cur;
  return facts;
}

}  // namespace pppol2tp::metrics
