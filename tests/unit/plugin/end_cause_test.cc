#include "plugin/end_cause.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace pppol2tp {
namespace {

using ring::Cause;
using ring::Direction;
using ring::Phase;

using Step = std::function<void(EndCause&)>;
using Steps = std::vector<Step>;

Step up(Phase phase, int status) {
  return [=](EndCause& cause) { cause.phase_entered(phase, Direction::up, status); };
}
Step down(Phase phase, int status) {
  return [=](EndCause& cause) { cause.phase_entered(phase, Direction::down, status); };
}
Step link_down(int status) {
  return [=](EndCause& cause) { cause.link_down(status); };
}
Step signal(int number) {
  return [=](EndCause& cause) { cause.signal_received(number); };
}
Step peer_terminates(const std::string& text) {
  return [=](EndCause& cause) {
    cause.peer_requested(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
}

Step kernel_session_lost() {
  return [](EndCause& cause) { cause.kernel_session_lost(); };
}

Steps operator+(Steps first, const Steps& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// pppd's calls, with its status at each (8 while connecting, 10 until RUNNING, then 0).
Steps establishes() {
  return {up(Phase::serialconn, 8), up(Phase::establish, 10)};
}
Steps authenticates() {
  return establishes() + Steps{up(Phase::authenticate, 10)};
}
Steps negotiates_networks() {
  return authenticates() + Steps{up(Phase::network, 10)};
}
Steps runs() {
  return negotiates_networks() + Steps{up(Phase::running, 0)};
}

Steps closes(int status) {
  return {down(Phase::terminate, status)};
}
Steps takes_networks_down(int status) {
  return {link_down(status), down(Phase::network, status), down(Phase::establish, status)};
}
Steps disconnects(int status) {
  return {down(Phase::disconnect, status), down(Phase::dead, status)};
}
Steps goes_down(int status) {
  return takes_networks_down(status) + disconnects(status);
}

struct Row {
  std::string name;
  Steps steps;
  int exit_status;
  Cause cause;
  int signal = 0;
  std::string peer_text = "";
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class EndCauseTable : public testing::TestWithParam<Row> {};

TEST_P(EndCauseTable, NamesTheCause) {
  EndCause cause;
  for (const Step& step : GetParam().steps) {
    step(cause);
  }
  const ring::EndSection end = cause.conclude(GetParam().exit_status);
  EXPECT_STREQ(to_text(end.cause), to_text(GetParam().cause));
  EXPECT_EQ(end.signal, GetParam().signal);
  EXPECT_EQ(end.exit_status, GetParam().exit_status);
  EXPECT_EQ(std::string(end.peer_text), GetParam().peer_text);
}

std::string name_of(const testing::TestParamInfo<Row>& info) {
  return info.param.name;
}

// As real sessions did, with pppd 2.4.9 and 2.5 alike. (SIGKILL is not here: the process reports
// nothing.)
INSTANTIATE_TEST_SUITE_P(
    Seen, EndCauseTable,
    testing::Values(
        Row{"sigterm", runs() + Steps{signal(SIGTERM)} + closes(5) + goes_down(5), 5,
            Cause::user_request, SIGTERM},
        Row{"sigint", runs() + Steps{signal(SIGINT)} + closes(5) + goes_down(5), 5,
            Cause::user_request, SIGINT},
        Row{"sighup_with_persist_redials_in_vain",
            runs() + Steps{signal(SIGHUP)} + closes(5) + goes_down(5) +
                Steps{down(Phase::holdoff, 5), down(Phase::dormant, 5), up(Phase::serialconn, 8)},
            1, Cause::user_request, SIGHUP},
        Row{"echo_failure_then_modem_hangup", runs() + closes(15) + goes_down(15), 16,
            Cause::echo_timeout},
        Row{"peer_terminates", runs() + Steps{peer_terminates("User request")} + goes_down(0), 16,
            Cause::peer_request, 0, "User request"},
        Row{"peer_terminates_and_then_the_daemon_sends_sigterm",
            runs() + Steps{peer_terminates("User request")} + takes_networks_down(0) +
                Steps{signal(SIGTERM)} + closes(5) + disconnects(5),
            16, Cause::peer_request, 0, "User request"},
        Row{"maxconnect", runs() + closes(13) + goes_down(13), 13, Cause::connect_time_limit},
        Row{"maxconnect_of_the_peer",
            runs() + Steps{peer_terminates("Connect time expired")} + goes_down(0), 16,
            Cause::peer_request, 0, "Connect time expired"},
        Row{"bad_secret_at_the_authenticator",
            authenticates() + closes(11) + Steps{down(Phase::establish, 11)} + disconnects(11), 11,
            Cause::auth_failed},
        Row{"bad_secret_at_the_peer",
            authenticates() + closes(19) +
                Steps{peer_terminates("Authentication failed"), down(Phase::establish, 19)} +
                disconnects(19),
            19, Cause::auth_failed_by_peer, 0, "Authentication failed"},
        Row{"authentication_refused_at_the_authenticator",
            establishes() + closes(11) + Steps{down(Phase::establish, 11)} + disconnects(11), 11,
            Cause::auth_failed},
        Row{"authentication_refused_at_the_peer",
            negotiates_networks() + Steps{peer_terminates("peer refused to authenticate")} +
                Steps{down(Phase::establish, 10)} + disconnects(10),
            16, Cause::peer_request, 0, "peer refused to authenticate"},
        Row{"no_answer_to_configure_requests", establishes() + disconnects(10), 16,
            Cause::lcp_timeout},
        Row{"sigterm_while_waiting_passively",
            establishes() + Steps{signal(SIGTERM)} + closes(5) + disconnects(5), 5,
            Cause::user_request, SIGTERM},
        Row{"segmentation_fault", runs() + Steps{signal(SIGSEGV)}, 127, Cause::crashed, SIGSEGV}),
    name_of);

// Further cases, from pppd's sources.
INSTANTIATE_TEST_SUITE_P(
    Read, EndCauseTable,
    testing::Values(
        Row{"idle", runs() + closes(12) + goes_down(12), 12, Cause::idle_timeout},
        Row{"traffic_limit", runs() + closes(20) + goes_down(20), 20, Cause::traffic_limit},
        Row{"calling_number_refused", authenticates() + closes(21) + disconnects(21), 21,
            Cause::auth_failed},
        Row{"loopback", establishes() + closes(17) + disconnects(17), 17, Cause::error},
        Row{"line_hung_up", runs() + goes_down(16), 16, Cause::hangup},
        Row{"eap_needed_sets_its_status_after_closing",
            establishes() + closes(10) + disconnects(19), 19, Cause::auth_failed_by_peer},
        Row{"networks_never_converged", negotiates_networks() + closes(10) + goes_down(10), 10,
            Cause::error},
        Row{"networks_never_converged_and_the_peer_gives_up_too",
            negotiates_networks() + closes(10) +
                Steps{peer_terminates("No network protocols running")} + goes_down(10),
            10, Cause::error, 0, "No network protocols running"},
        Row{"networks_gave_up_after_running",
            runs() + Steps{down(Phase::network, 0)} + closes(0) + goes_down(0), 0, Cause::error},
        Row{"encryption_failed_while_running", runs() + closes(0) + goes_down(0), 0, Cause::error},
        Row{"closed_while_authenticating_without_a_status",
            authenticates() + closes(10) + disconnects(10), 10, Cause::lcp_timeout},
        Row{"lcp_starts_over_and_does_not_come_up_again",
            runs() + takes_networks_down(0) + disconnects(0), 0, Cause::hangup},
        Row{"status_of_another_plugin_without_a_signal", runs() + closes(5) + goes_down(5), 5,
            Cause::user_request},
        Row{"unit_could_not_be_made", Steps{up(Phase::serialconn, 8)} + disconnects(1), 1,
            Cause::error},
        Row{"fatal_error_says_no_phase", establishes(), 1, Cause::error},
        Row{"sigterm_during_holdoff",
            runs() + closes(15) + goes_down(15) + Steps{down(Phase::holdoff, 15), signal(SIGTERM)},
            5, Cause::echo_timeout},
        Row{"sigterm_before_any_phase_told", Steps{signal(SIGTERM)}, 5, Cause::user_request,
            SIGTERM},
        Row{"first_of_two_signals", runs() + Steps{signal(SIGHUP), signal(SIGTERM)} + closes(5), 5,
            Cause::user_request, SIGHUP},
        Row{"crash_on_the_way_down",
            runs() + Steps{signal(SIGTERM)} + closes(5) + Steps{signal(SIGBUS)}, 127,
            Cause::crashed, SIGBUS}),
    name_of);

// The loss of the kernel's session is noticed while the link still seems to run, or while it is
// being taken down.
INSTANTIATE_TEST_SUITE_P(
    WithoutItsKernelSession, EndCauseTable,
    testing::Values(
        Row{"until_the_echos_failed",
            runs() + Steps{kernel_session_lost()} + closes(15) + goes_down(15), 16,
            Cause::kernel_session_lost},
        Row{"until_somebody_noticed",
            runs() + Steps{kernel_session_lost(), signal(SIGTERM)} + closes(5) + goes_down(5), 5,
            Cause::kernel_session_lost},
        Row{"after_a_request_to_end",
            runs() + Steps{signal(SIGTERM), kernel_session_lost()} + closes(5) + goes_down(5), 5,
            Cause::user_request, SIGTERM},
        Row{"after_the_peer_said_goodbye",
            runs() + Steps{peer_terminates("bye"), kernel_session_lost()} + goes_down(0), 16,
            Cause::peer_request, 0, "bye"}),
    name_of);

TEST(EndCause, IsExplainedByTheFirstReasonAndByASignalThatWaits) {
  EndCause cause;
  EXPECT_TRUE(cause.is_unexplained());
  cause.signal_received(SIGTERM);
  EXPECT_FALSE(cause.is_unexplained());
  EndCause other;
  peer_terminates("bye")(other);
  EXPECT_FALSE(other.is_unexplained());
}

// RFC 1661, section 4.3: a Terminate-Request in Ack-Rcvd or Ack-Sent only starts the negotiation
// over.
INSTANTIATE_TEST_SUITE_P(
    Forgets, EndCauseTable,
    testing::Values(
        Row{"a_termination_that_the_negotiation_survived",
            establishes() + Steps{peer_terminates("not yet")} +
                Steps{up(Phase::authenticate, 10), up(Phase::network, 10), up(Phase::running, 0)} +
                closes(12) + goes_down(12),
            12, Cause::idle_timeout},
        Row{"a_hangup_while_waiting_for_a_demand",
            Steps{up(Phase::dormant, 0), signal(SIGHUP)} + runs() + closes(13) + goes_down(13), 13,
            Cause::connect_time_limit},
        Row{"nothing_of_a_renegotiation",
            runs() + takes_networks_down(0) +
                Steps{up(Phase::authenticate, 0), up(Phase::network, 0), up(Phase::running, 0)} +
                Steps{peer_terminates("")} + goes_down(0),
            16, Cause::peer_request}),
    name_of);

TEST(EndCause, NamesEveryStatusOfPppd) {
  // pppd(8), EXIT STATUS: 0 to 21.
  const std::vector<Cause> causes = {Cause::hangup,        Cause::error,
                                     Cause::error,         Cause::error,
                                     Cause::error,         Cause::user_request,
                                     Cause::error,         Cause::error,
                                     Cause::error,         Cause::error,
                                     Cause::lcp_timeout,   Cause::auth_failed,
                                     Cause::idle_timeout,  Cause::connect_time_limit,
                                     Cause::error,         Cause::echo_timeout,
                                     Cause::hangup,        Cause::error,
                                     Cause::error,         Cause::auth_failed_by_peer,
                                     Cause::traffic_limit, Cause::auth_failed};
  for (int status = 0; status < static_cast<int>(causes.size()); ++status) {
    EXPECT_STREQ(to_text(EndCause().conclude(status).cause),
                 to_text(causes[static_cast<std::size_t>(status)]))
        << "status " << status;
  }
}

TEST(EndCause, KeepsTheFirstTextThatThePeerGave) {
  EndCause cause;
  peer_terminates("first")(cause);
  peer_terminates("second")(cause);
  EXPECT_STREQ(cause.conclude(16).peer_text, "first");
}

TEST(EndCause, CutsAndEscapesThePeersText) {
  EndCause cause;
  peer_terminates(std::string(95, 'x'))(cause);
  EXPECT_EQ(std::string(cause.conclude(16).peer_text), std::string(95, 'x'));

  EndCause hostile;
  peer_terminates("\n\"end\"\x1b[2J" + std::string(200, 'y'))(hostile);
  EXPECT_THAT(std::string(hostile.conclude(16).peer_text),
              testing::AllOf(testing::StartsWith("\\x0a\"end\"\\x1b[2Jyyy"), testing::SizeIs(95)));
}

}  // namespace
}  // namespace pppol2tp
