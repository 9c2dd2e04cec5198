// The plugin has one telemetry for its process, so each test plays pppd in a child process.
#include "plugin/telemetry.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <functional>
#include <iterator>
#include <string>

#include "plugin/process_facts.h"
#include "tests/unit/plugin/temporary_ring.h"

namespace pppol2tp {
namespace {

constexpr int kEstablish = 4;
constexpr int kRunning = 8;

// Runs `pppd` in a child, and returns its pid after it exited; the test fails unless it exits with
// 0.
pid_t run(const std::function<void()>& pppd) {
  const pid_t pid = fork();
  if (pid == 0) {
    pppd();
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0) << "of the process that played pppd";
  return pid;
}

void open_session(const std::string& ring_path, int stats_interval_s = 10) {
  TelemetryOpening opening{};
  opening.ring_path = ring_path.c_str();
  opening.fd = -1;
  opening.is_lns = 1;
  opening.stats_interval_s = stats_interval_s;
  opening.tunnel_id = 17;
  opening.session_id = 18;
  opening.ipparam = "line 1";
  opening.pppd_version = "2.4.9";
  telemetry_open(&opening);
}

std::vector<std::uint32_t> pids_of(const TemporaryRing& ring) {
  std::vector<std::uint32_t> pids;
  for (const ring::Record& record : ring.records()) {
    pids.push_back(record.header.identity.pid);
  }
  return pids;
}

TEST(Telemetry, TellsWhoTheProcessIs) {
  const TemporaryRing ring;
  const pid_t pppd = run([&] { open_session(ring.path()); });
  const ring::SessionState state = ring.state();
  EXPECT_EQ(state.identity.pid, static_cast<std::uint32_t>(pppd));
  EXPECT_EQ(state.identity.netns, own_network_namespace());
  EXPECT_GE(state.identity.start_ticks, own_start_ticks());
  EXPECT_GT(state.opened.opened_ns, 0u);
  EXPECT_EQ(state.opened.role, ring::Role::lns);
  EXPECT_EQ(state.opened.stats_interval_ms, 10'000u);
  EXPECT_STREQ(state.opened.ipparam, "line 1");
  EXPECT_STREQ(state.opened.pppd_version, "2.4.9");
  EXPECT_STREQ(state.opened.plugin_version, PPPOL2TP_VERSION);
}

TEST(Telemetry, TakesTheOptionsIdsWhenTheSocketHasNone) {
  const TemporaryRing ring;
  run([&] { open_session(ring.path()); });
  EXPECT_EQ(ring.state().identity.tunnel_id, 17u);
  EXPECT_EQ(ring.state().identity.session_id, 18u);
}

TEST(Telemetry, CutsALongIpparam) {
  const TemporaryRing ring;
  run([&] {
    const std::string ipparam(200, 'i');
    TelemetryOpening opening{};
    const std::string path = ring.path();
    opening.ring_path = path.c_str();
    opening.fd = -1;
    opening.ipparam = ipparam.c_str();
    opening.pppd_version = "a version that is longer than its field";
    telemetry_open(&opening);
  });
  EXPECT_EQ(std::string(ring.state().opened.ipparam), std::string(47, 'i'));
  EXPECT_STREQ(ring.state().opened.pppd_version, "a version that ");
}

TEST(Telemetry, DoesNothingBeforeItIsOpened) {
  run([] {
    telemetry_interface("ppp0");
    telemetry_phase(kEstablish, 10);
    telemetry_signal(SIGTERM);
    telemetry_read_counters(-1);
    EXPECT_EQ(telemetry_frame(kProtocolLcp, nullptr, 1, -1), 0u);
    telemetry_exit(5, -1);
    int error = 0;
    EXPECT_EQ(telemetry_trouble(&error), nullptr);
    EXPECT_EQ(telemetry_first_delay_ms(), 0u);
    EXPECT_EQ(telemetry_timer_due(-1), 0u);
  });
}

TEST(Telemetry, OpensOnce) {
  const TemporaryRing ring;
  run([&] {
    open_session(ring.path());
    open_session(ring.path());
  });
  EXPECT_EQ(ring.story(), "opened");
}

TEST(Telemetry, LooksIntoFramesAndLeavesATimerAloneThatHasJustBegun) {
  const TemporaryRing ring;
  run([&] {
    open_session(ring.path());
    telemetry_first_delay_ms();
    const std::uint8_t agreed[] = {3, 4, 0xc0, 0x23};
    const std::uint8_t name[] = {2, 'm', 'e', 0};
    const ControlPacket acknowledged{2, 1, agreed, sizeof agreed};
    const ControlPacket request{1, 1, name, sizeof name};
    const ControlPacket success{2, 1, nullptr, 0};
    EXPECT_EQ(telemetry_frame(kProtocolLcp, &acknowledged, 0, -1), 0u);
    EXPECT_EQ(telemetry_frame(kProtocolPap, &request, 0, -1), 0u);
    EXPECT_EQ(telemetry_frame(kProtocolPap, &success, 1, -1), 0u);
    EXPECT_EQ(telemetry_frame(0x8021, nullptr, 1, -1), 0u);
  });
  EXPECT_EQ(ring.story(), "opened authentication_attempted");
  EXPECT_EQ(ring.state().attempts.protocol, ring::AuthenticationProtocol::pap);
}

TEST(Telemetry, GivesAsyncmapsInHostByteOrder) {
  const TemporaryRing ring;
  run([&] {
    open_session(ring.path());
    telemetry_accm(htonl(0x000a0000), htonl(0x01020304));
  });
  EXPECT_EQ(ring.state().accm.send, 0x000a0000u);
  EXPECT_EQ(ring.state().accm.receive, 0x01020304u);
}

TEST(Telemetry, LeavesErrnoAlone) {
  const TemporaryRing ring;
  run([&] {
    errno = EXDEV;
    open_session(ring.path());
    EXPECT_EQ(errno, EXDEV);
    telemetry_phase(kEstablish, 10);
    telemetry_read_counters(-1);
    telemetry_timer_due(-1);
    EXPECT_EQ(errno, EXDEV);
    telemetry_exit(1, -1);
    EXPECT_EQ(errno, EXDEV);
  });
}

TEST(Telemetry, LeavesNoDescriptorOpen) {
  const TemporaryRing ring;
  run([&] {
    const auto descriptors = [] {
      const std::filesystem::directory_iterator all("/proc/self/fd");
      return std::distance(begin(all), end(all));
    };
    const auto before = descriptors();
    open_session(ring.path());
    telemetry_phase(kEstablish, 10);
    EXPECT_EQ(descriptors(), before);
  });
}

TEST(Telemetry, SaysOnceWhyItPublishesNothing) {
  const TemporaryFolder folder;
  run([&] {
    open_session(folder.file("missing/ring"));
    int error = -1;
    EXPECT_STREQ(telemetry_trouble(&error), "its directory does not exist");
    EXPECT_EQ(error, 0);
    EXPECT_EQ(telemetry_trouble(&error), nullptr);
    telemetry_timer_due(-1);
    EXPECT_EQ(telemetry_trouble(&error), nullptr);
  });
}

TEST(Telemetry, SaysWhichSystemCallErrorItMet) {
  run([] {
    open_session("/" + std::string(200, 'x'));
    int error = 0;
    EXPECT_STREQ(telemetry_trouble(&error), "system call failed");
    EXPECT_EQ(error, ENAMETOOLONG);
  });
}

TEST(Telemetry, HasNoTroubleToTellWhileItPublishes) {
  const TemporaryRing ring;
  run([&] {
    open_session(ring.path());
    int error = 0;
    EXPECT_EQ(telemetry_trouble(&error), nullptr);
  });
}

TEST(Telemetry, SaysSoWhenTheRingGoesAwayLater) {
  const TemporaryRing ring;
  run([&] {
    open_session(ring.path());
    std::filesystem::remove_all(std::filesystem::path(ring.path()).parent_path());
    telemetry_timer_due(-1);
    int error = 0;
    EXPECT_STREQ(telemetry_trouble(&error), "its directory does not exist");
  });
}

TEST(Telemetry, AsksForATimerEvenWhenOnlyEventsAreWanted) {
  const TemporaryRing ring;
  run([&] {
    open_session(ring.path(), 0);
    EXPECT_GT(telemetry_first_delay_ms(), 0u);
    EXPECT_GT(telemetry_timer_due(-1), 10'000u);
  });
}

TEST(Telemetry, EndsTheSessionOnExit) {
  const TemporaryRing ring;
  run([&] {
    open_session(ring.path());
    telemetry_phase(kEstablish, 10);
    telemetry_signal(SIGTERM);
    telemetry_exit(5, -1);
    telemetry_exit(5, -1);
    telemetry_phase(kRunning, 0);
  });
  EXPECT_EQ(ring.story(), "opened phase_changed ended");
  EXPECT_EQ(ring.state().end.cause, ring::Cause::user_request);
  EXPECT_EQ(ring.state().end.signal, SIGTERM);
  EXPECT_EQ(ring.state().end.exit_status, 5);
}

TEST(Telemetry, ReportsACrashFromTheHandlerOfItsSignal) {
  const TemporaryRing ring;
  run([&] {
    open_session(ring.path());
    signal(SIGSEGV, [](int number) {
      telemetry_signal(number);
      telemetry_exit(127, -1);
      _exit(0);
    });
    raise(SIGSEGV);
  });
  EXPECT_EQ(ring.state().end.cause, ring::Cause::crashed);
  EXPECT_EQ(ring.state().end.signal, SIGSEGV);
  EXPECT_EQ(ring.state().end.exit_status, 127);
}

TEST(Telemetry, IsSilentInAChildThatRunsAScript) {
  const TemporaryRing ring;
  run([&] {
    open_session(ring.path());
    run([] {
      telemetry_forked();
      telemetry_phase(kRunning, 0);
      telemetry_exit(99, -1);
    });
    telemetry_phase(kEstablish, 10);
  });
  EXPECT_EQ(ring.story(), "opened phase_changed");
  EXPECT_EQ(ring.state().phase.current, ring::Phase::establish);
}

TEST(Telemetry, IsSilentWhenAChildDiesBeforeItHasTold) {
  // pppd's handlers are still in place between fork and exec.
  const TemporaryRing ring;
  run([&] {
    open_session(ring.path());
    run([] { telemetry_exit(127, -1); });
  });
  EXPECT_EQ(ring.story(), "opened");
}

TEST(Telemetry, GoesOnInTheChildOfADetach) {
  const TemporaryRing ring;
  const pid_t parent = run([&] {
    open_session(ring.path());
    telemetry_phase(kEstablish, 10);
    // As in pppd's detach(): the child waits until the parent is gone.
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(pipe_ends[1]);
      char byte;
      EXPECT_EQ(read(pipe_ends[0], &byte, 1), 0);
      telemetry_phase(kRunning, 0);
      telemetry_exit(5, -1);
      _exit(0);
    }
    telemetry_handed_over(child);
    telemetry_phase(kRunning, 0);
    telemetry_exit(0, -1);
    close(pipe_ends[1]);
    EXPECT_EQ(waitpid(child, nullptr, 0), child);
  });

  // The parent's two records, and its handing over under the child's pid. Then the child publishes
  // everything again and goes on.
  EXPECT_EQ(ring.story(),
            "opened phase_changed phase_changed opened phase_changed phase_changed ended");
  const std::vector<std::uint32_t> pids = pids_of(ring);
  const auto child = static_cast<std::uint32_t>(ring.state().identity.pid);
  EXPECT_NE(child, static_cast<std::uint32_t>(parent));
  EXPECT_THAT(pids, testing::ElementsAre(parent, parent, child, child, child, child, child));
  EXPECT_EQ(ring.state().phase.current, ring::Phase::running);
  EXPECT_EQ(ring.state().end.exit_status, 5);
  // Both processes report the same session, and the same start of the child.
  const std::vector<ring::Record> records = ring.records();
  for (const ring::Record& record : records) {
    EXPECT_EQ(record.header.identity.instance, records[0].header.identity.instance);
  }
  EXPECT_GT(records[2].header.identity.start_ticks, 0u);
  EXPECT_EQ(records[2].header.identity.start_ticks, records[3].header.identity.start_ticks);
}

}  // namespace
}  // namespace pppol2tp
