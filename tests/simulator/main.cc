// pppol2tp-simulate: sessions without a kernel, through the plugin's own publisher, for load tests
// and demonstrations. Where they appear they are marked: interface "simN", pppd_version and ipparam
// "simulated", users under simulated.example.
//
// The kernel knows nothing of them: an agent that asks a kernel with L2TP sees them as lost. Tell
// it not to (`ask_kernel: false`).
//
// Reads commands from standard input, one a line, and answers each with a line:
//   drop COUNT CAUSE   ends COUNT living sessions now (a cause by its name in causes.def): "ok N"
//   report             what was really done so far, as JSON
// At the end of its input it goes on; on SIGTERM or SIGINT it ends every session as a stopped
// daemon would, prints a last report, and exits.
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <bit>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

#include "tests/simulator/population.h"

namespace {

using namespace pppol2tp;
using namespace pppol2tp::simulator;

struct Flags {
  std::string ring = ring::kDefaultPath;
  std::uint32_t sessions = 100;
  std::uint32_t tunnels = 1;
  double interval_s = 10;
  double ramp_s = 2;
  double redial_s = 0;
  double life_s = 0;
  double failing = 0;
  std::uint64_t memory_mib = 0;
};

constexpr std::uint32_t kSessionIdsPerTunnel = 32767;  // of 16 bits, half for second lives

void declare(CLI::App& app, Flags& flags) {
  app.add_option("--ring", flags.ring, "The shared file; made when it is absent");
  app.add_option("--sessions", flags.sessions, "How many")->check(CLI::Range(1, 1'000'000));
  app.add_option("--tunnels", flags.tunnels, "That share them")->check(CLI::Range(1, 65535));
  app.add_option("--interval", flags.interval_s, "Seconds between readings of the statistics")
      ->check(CLI::Range(0.1, 3600.0));
  app.add_option("--ramp", flags.ramp_s, "Seconds over which the first set-ups are spread")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--redial", flags.redial_s,
                 "Seconds after an end until the peer dials again; 0: never")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--life", flags.life_s, "Mean life in seconds; 0: until dropped")
      ->check(CLI::Range(0.0, 1e9));
  app.add_option("--failing", flags.failing, "Share of set-ups that fail to authenticate")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--memory", flags.memory_mib,
                 "A new ring is as on a host with so many MiB of memory; 0: as on this one");
}

std::uint64_t nanoseconds(double seconds) {
  return static_cast<std::uint64_t>(seconds * static_cast<double>(kSecond));
}

Habits habits(const Flags& flags) {
  return {nanoseconds(flags.interval_s), flags.redial_s > 0 ? nanoseconds(flags.redial_s) : kNever,
          flags.life_s, flags.failing};
}

// The default, unless the table would be too small for so many sessions.
ring::Geometry geometry(const Flags& flags) {
  const auto pages = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES));
  const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  ring::Geometry geometry =
      ring::default_geometry(flags.memory_mib != 0 ? flags.memory_mib << 20 : pages * page_bytes);
  const auto needed = std::bit_ceil(flags.sessions + flags.sessions / 4);
  geometry.session_slots = std::clamp(needed, geometry.session_slots, ring::kMaxSessionSlots);
  return geometry;
}

std::optional<ring::Cause> cause_named(const std::string& name) {
  for (int i = 1; i < ring::kCauseCount; ++i) {
    if (name == ring::to_text(static_cast<ring::Cause>(i))) return static_cast<ring::Cause>(i);
  }
  return std::nullopt;
}

std::string obey(const std::string& line, Population& population, const Truth& truth) {
  std::istringstream words(line);
  std::string command;
  words >> command;
  if (command == "report") return truth.to_json();
  std::uint32_t count = 0;
  std::string cause_name;
  if (command == "drop" && words >> count >> cause_name) {
    const auto cause = cause_named(cause_name);
    if (!cause) return "error: no such cause: " + cause_name;
    return "ok " + std::to_string(population.drop(count, *cause));
  }
  return "error: not a command (drop COUNT CAUSE, report): " + line;
}

// Obeys until a signal comes.
void serve(int signals, Population& population, const Truth& truth) {
  pollfd waits[] = {{signals, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  std::string unread;
  for (;;) {
    if (poll(waits, std::size(waits), -1) < 0) continue;
    if (waits[0].revents != 0) return;
    char bytes[4096];
    const ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
    if (got <= 0) waits[1].fd = -1;  // nobody commands any more
    unread.append(bytes, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    for (std::size_t end; (end = unread.find('\n')) != std::string::npos;) {
      std::cout << obey(unread.substr(0, end), population, truth) << std::endl;
      unread.erase(0, end + 1);
    }
  }
}

int complain(const std::string& message) {
  std::cerr << "pppol2tp-simulate: " << message << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Simulates PPP-over-L2TP sessions for pppol2tp-agent", "pppol2tp-simulate");
  Flags flags;
  declare(app, flags);
  CLI11_PARSE(app, argc, argv);
  if (flags.sessions > std::uint64_t{flags.tunnels} * kSessionIdsPerTunnel) {
    return complain("so many sessions need more tunnels: L2TPv2 has 65,535 ids in each");
  }

  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGTERM);
  sigaddset(&mask, SIGINT);
  pthread_sigmask(SIG_BLOCK, &mask, nullptr);  // before there are threads to inherit it
  const int signals = signalfd(-1, &mask, SFD_CLOEXEC);

  ring::Segment segment;
  const ring::Geometry wanted = geometry(flags);
  const auto status = segment.open_for_writing(flags.ring.c_str(), &wanted);
  if (status != ring::SegmentStatus::attached) {
    return complain(flags.ring + ": " + ring::to_text(status));
  }
  const Habits all = habits(flags);
  Truth truth(flags.tunnels);
  {
    Population population(flags.sessions, flags.tunnels, nanoseconds(flags.ramp_s), all, segment,
                          truth);
    serve(signals, population, truth);
  }
  std::cout << truth.to_json() << std::endl;
  return 0;
}
