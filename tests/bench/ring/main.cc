// ring_bench [--rounds N] [SECTION...]: measures our ring and its alternatives in one run and in
// turns. Prints Markdown.
// ring_bench hop: prints only whether the processors are near each other or far.
#include <sched.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/ring/duel.h"
#include "tests/bench/ring/partner.h"
#include "tests/bench/ring/sections.h"

namespace pppol2tp::bench {
namespace {

const std::vector<std::pair<std::string, std::function<void(int)>>> kSections = {
    {"floors", [](int) { measure_floors(); }},
    {"bursts", measure_bursts},
    {"latency", measure_latency},
    {"reader", measure_reader},
    {"waking", [](int) { measure_waking(); }},
    {"memory", measure_memory},
    {"sleepers", measure_sleepers},
};

// Ten datagrams (net.unix.max_dgram_qlen) are less than a burst: the rest would be refused. Only in
// a network namespace of our own.
void allow_long_datagram_queues() {
  const bool is_ours = unshare(CLONE_NEWNET) == 0;
  std::ofstream limit(is_ours ? "/proc/sys/net/unix/max_dgram_qlen" : "/dev/null");
  limit << 512 << std::flush;
  if (!is_ours || !limit) {
    std::printf("not root: datagrams are refused beyond the host's max_dgram_qlen\n");
  }
}

void run(const std::string& name, const std::function<void(int)>& section, int rounds) {
  const double before = Partner({}).hop_ns();
  std::printf("\n### %s\n", name.c_str());
  section(rounds);
  std::printf("\n(a cache line's way: %.0f ns before, %.0f ns after; %d rounds)\n", before,
              Partner({}).hop_ns(), rounds);
  std::fflush(stdout);
}

int main(int count, char** arguments) {
  if (count == 2 && std::strcmp(arguments[1], "hop") == 0) {
    std::puts(is_far(Partner({}).hop_ns()) ? "far" : "near");
    return 0;
  }
  int rounds = 5;
  std::vector<std::string> wanted;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(arguments[i], "--rounds") == 0 && i + 1 < count) {
      rounds = std::atoi(arguments[++i]);
    } else {
      wanted.emplace_back(arguments[i]);
    }
  }
  for (const std::string& name : wanted) {
    bool is_known = false;
    for (const auto& section : kSections) is_known = is_known || section.first == name;
    if (!is_known || rounds < 1) {
      std::fprintf(stderr, "usage: ring_bench [--rounds N] [");
      for (const auto& section : kSections) std::fprintf(stderr, " %s", section.first.c_str());
      std::fprintf(stderr, " ]\n");
      return 2;
    }
  }
  allow_long_datagram_queues();
  for (const auto& [name, section] : kSections) {
    bool is_wanted = wanted.empty();
    for (const std::string& each : wanted) is_wanted = is_wanted || each == name;
    if (is_wanted) run(name, section, rounds);
  }
  return 0;
}

}  // namespace
}  // namespace pppol2tp::bench

int main(int count, char** arguments) {
  try {
    return pppol2tp::bench::main(count, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ring_bench: %s\n", error.what());
    return 1;
  }
}
