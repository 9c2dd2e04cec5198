#include "plugin/session_reporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstring>
#include <string>

#include "tests/unit/plugin/temporary_ring.h"

namespace pppol2tp {
namespace {

using ring::Cause;
using ring::Direction;
using ring::Phase;
using testing::ElementsAreArray;

constexpr int kSerialConn = 2;
constexpr int kEstablish = 4;
constexpr int kAuthenticate = 5;
constexpr int kNetwork = 7;
constexpr int kRunning = 8;
constexpr int kTerminate = 9;
constexpr int kDisconnect = 10;
constexpr int kDead = 0;

class Session : public testing::Test {
 protected:
  Session() {
    ring::SessionIdentity identity{};
    identity.pid = 4711;
    identity.tunnel_id = 1;
    identity.session_id = 2;
    ring::OpenedSection opened{};
    opened.opened_ns = 1;
    opened.role = ring::Role::lns;
    EXPECT_EQ(reporter_.open(ring_.path().c_str(), identity, opened),
              ring::SegmentStatus::attached);
  }

  void enter(int phase, int status) { reporter_.phase_entered(phase, status, ++now_ns_); }

  void come_up() {
    enter(kSerialConn, 8);
    reporter_.interface_named("ppp7");
    enter(kEstablish, 10);
    reporter_.transmit_configured(1500, 1400);
    reporter_.receive_configured(1460, 1460);
    enter(kAuthenticate, 10);
    reporter_.authenticated(false, "", ++now_ns_);
    enter(kNetwork, 10);
    enter(kRunning, 0);
  }

  TemporaryRing ring_;
  ring::Publisher publisher_;
  SessionReporter reporter_{publisher_};
  std::uint64_t now_ns_ = 100;
};

TEST_F(Session, SaysWhoItIsWhenItOpens) {
  EXPECT_EQ(ring_.story(), "opened");
  const ring::SessionState state = ring_.state();
  EXPECT_EQ(state.identity.pid, 4711u);
  EXPECT_EQ(state.identity.tunnel_id, 1u);
  EXPECT_EQ(state.identity.session_id, 2u);
  EXPECT_EQ(state.opened.opened_ns, 1u);
  EXPECT_EQ(state.opened.role, ring::Role::lns);
}

TEST_F(Session, TellsItsWayUp) {
  come_up();
  EXPECT_EQ(ring_.story(),
            "opened phase_changed phase_changed link_up phase_changed authenticated phase_changed "
            "phase_changed");
  EXPECT_EQ(ring_.state().phase.current, Phase::running);
  EXPECT_EQ(ring_.state().phase.direction, Direction::up);
}

TEST_F(Session, NamesItsInterfaceFromThenOn) {
  come_up();
  EXPECT_STREQ(ring_.records()[1].header.identity.ifname, "");
  EXPECT_STREQ(ring_.records()[2].header.identity.ifname, "ppp7");
  reporter_.interface_named("customer-42");
  reporter_.ipv4_down(++now_ns_);
  enter(kTerminate, 5);
  EXPECT_STREQ(ring_.state().identity.ifname, "customer-42");
}

TEST_F(Session, CutsALongInterfaceName) {
  reporter_.interface_named("0123456789abcdefXXXX");
  enter(kEstablish, 10);
  EXPECT_STREQ(ring_.state().identity.ifname, "0123456789abcde");
}

TEST_F(Session, TellsWhatLcpAgreedOnAndWhatIsInForce) {
  come_up();
  const ring::LinkSection link = ring_.state().link;
  EXPECT_EQ(link.negotiated_mtu_bytes, 1500u);
  EXPECT_EQ(link.mtu_bytes, 1400u);
  EXPECT_EQ(link.negotiated_mru_bytes, 1460u);
  EXPECT_EQ(link.mru_bytes, 1460u);
  EXPECT_EQ(link.up_ns, ring_.state().phase.authenticate_ns);
}

TEST_F(Session, TellsNoLinkOnTheWayDown) {
  come_up();
  enter(kTerminate, 5);
  enter(kNetwork, 5);
  enter(kEstablish, 5);
  reporter_.transmit_configured(1500, 1500);  // pppd's defaults, once LCP is down
  reporter_.receive_configured(1500, 1500);
  enter(kDisconnect, 5);
  EXPECT_EQ(ring_.state().link.mtu_bytes, 1400u);
}

TEST_F(Session, TellsTheLinkAnewWhenLcpStartedOver) {
  come_up();
  enter(kNetwork, 0);
  enter(kEstablish, 0);
  reporter_.transmit_configured(1300, 1300);
  enter(kAuthenticate, 0);
  EXPECT_EQ(ring_.state().link.mtu_bytes, 1300u);
}

TEST_F(Session, TellsTheAsyncmaps) {
  reporter_.accm_negotiated(0x000a0000, 0xffffffff);
  EXPECT_EQ(ring_.story(), "opened accm_negotiated");
  EXPECT_EQ(ring_.state().accm.known, 1);
  EXPECT_EQ(ring_.state().accm.send, 0x000a0000u);
  EXPECT_EQ(ring_.state().accm.receive, 0xffffffffu);
}

TEST_F(Session, TellsWhoThePeerProvedToBe) {
  reporter_.authenticated(true, "alice@example.net", 55);
  const ring::AuthenticationSection authentication = ring_.state().authentication;
  EXPECT_EQ(authentication.peer_authenticated, 1);
  EXPECT_STREQ(authentication.peer_name, "alice@example.net");
  EXPECT_EQ(authentication.finished_ns, 55u);
}

TEST_F(Session, TellsThatNobodyHadToAuthenticate) {
  reporter_.authenticated(false, "", 55);
  EXPECT_EQ(ring_.story(), "opened authenticated");
  EXPECT_EQ(ring_.state().authentication.peer_authenticated, 0);
  EXPECT_STREQ(ring_.state().authentication.peer_name, "");
}

TEST_F(Session, CutsALongPeerName) {
  reporter_.authenticated(true, std::string(300, 'a').c_str(), 55);
  EXPECT_EQ(std::string(ring_.state().authentication.peer_name), std::string(95, 'a'));
}

TEST_F(Session, TellsItsIpv4Addresses) {
  const std::uint8_t local[4] = {172, 20, 0, 1};
  const std::uint8_t remote[4] = {172, 20, 0, 10};
  reporter_.ipv4_up(local, remote, 55);
  const ring::NetworkSection up = ring_.state().ipv4;
  EXPECT_EQ(up.up, 1);
  EXPECT_EQ(up.changed_ns, 55u);
  EXPECT_THAT(up.local_address,
              ElementsAreArray({172, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_THAT(up.remote_address,
              ElementsAreArray({172, 20, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));

  reporter_.ipv4_down(66);
  const ring::NetworkSection down = ring_.state().ipv4;
  EXPECT_EQ(down.up, 0);
  EXPECT_EQ(down.changed_ns, 66u);
  EXPECT_EQ(down.remote_address[3], 10);
}

TEST_F(Session, TellsItsIpv6LinkLocalAddresses) {
  const std::uint8_t local_id[8] = {0x41, 0xb4, 0x5d, 0x97, 0xdf, 0xb6, 0xe1, 0x26};
  const std::uint8_t remote_id[8] = {0, 0, 0, 0, 0, 0, 0, 1};
  reporter_.ipv6_up(local_id, remote_id, 55);
  EXPECT_THAT(ring_.state().ipv6.local_address,
              ElementsAreArray(
                  {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x41, 0xb4, 0x5d, 0x97, 0xdf, 0xb6, 0xe1, 0x26}));
  EXPECT_THAT(ring_.state().ipv6.remote_address,
              ElementsAreArray({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  reporter_.ipv6_down(66);
  EXPECT_EQ(ring_.state().ipv6.up, 0);
  EXPECT_EQ(ring_.state().ipv6.local_address[0], 0xfe);
}

TEST_F(Session, TellsOfNoNetworkGoingDownThatNeverCameUp) {
  // pppd reports ip_down also when IPCP opened and then refused the addresses.
  reporter_.ipv4_down(55);
  reporter_.ipv6_down(55);
  EXPECT_EQ(ring_.story(), "opened");
}

TEST_F(Session, TellsWhatItCounted) {
  ring::CountersSection counters{};
  counters.transmit_bytes = 608;
  counters.receive_errors = 3;
  counters.read_ns = 77;
  reporter_.counters_read(counters);
  EXPECT_EQ(ring_.state().counters.transmit_bytes, 608u);
  EXPECT_EQ(ring_.state().counters.receive_errors, 3u);
  EXPECT_EQ(ring_.state().counters.read_ns, 77u);
}

TEST_F(Session, TellsOfEchosWithTheStatisticsAndOnlyWhatIsNew) {
  const std::uint8_t magic[4] = {1, 2, 3, 4};
  const std::uint8_t peers_magic[4] = {5, 6, 7, 8};
  reporter_.report_echo(1'000);
  EXPECT_EQ(ring_.story(), "opened");
  reporter_.packet_passed(kProtocolLcp, {kLcpEchoRequest, 0, magic, 4}, false, 2'000);
  reporter_.packet_passed(kProtocolLcp, {kLcpEchoReply, 0, peers_magic, 4}, true, 9'000);
  EXPECT_EQ(ring_.story(), "opened") << "one record for each echo is more than it is worth";
  reporter_.report_echo(10'000);
  reporter_.report_echo(20'000);
  EXPECT_EQ(ring_.story(), "opened echo_measured");
  EXPECT_EQ(ring_.state().echo.replies, 1u);
  EXPECT_EQ(ring_.state().echo.rtt_latest_ns, 7'000u);
}

TEST_F(Session, TellsOfEchosAlongWithTheCounters) {
  const std::uint8_t magic[4] = {1, 2, 3, 4};
  reporter_.packet_passed(kProtocolLcp, {kLcpEchoRequest, 0, magic, 4}, false, 2'000);
  ring::CountersSection counters{};
  counters.read_ns = 3'000;
  reporter_.counters_read(counters);
  counters.read_ns = 4'000;
  reporter_.counters_read(counters);
  EXPECT_EQ(ring_.story(), "opened counters_read echo_measured counters_read");
  EXPECT_EQ(ring_.state().echo.requests, 1u);
}

TEST_F(Session, TellsOfALostEchoWithoutAnotherFramePassing) {
  const std::uint8_t magic[4] = {1, 2, 3, 4};
  reporter_.packet_passed(kProtocolLcp, {kLcpEchoRequest, 0, magic, 4}, false, 2'000);
  reporter_.report_echo(3'000 + ring::kEchoPatienceNs);
  EXPECT_EQ(ring_.state().echo.losses, 1u);
}

TEST_F(Session, KnowsOfALostEchoUntilItHasTold) {
  const std::uint8_t magic[4] = {1, 2, 3, 4};
  reporter_.packet_passed(kProtocolLcp, {kLcpEchoRequest, 0, magic, 4}, false, 2'000);
  EXPECT_FALSE(reporter_.has_lost_echo());
  const std::uint64_t later_ns = 3'000 + ring::kEchoPatienceNs;
  reporter_.packet_passed(kProtocolLcp, {kLcpEchoRequest, 1, magic, 4}, false, later_ns);
  EXPECT_TRUE(reporter_.has_lost_echo());
  reporter_.report_echo(later_ns);
  EXPECT_FALSE(reporter_.has_lost_echo());
}

TEST_F(Session, LeavesThePeersOwnEchosAlone) {
  const std::uint8_t magic[4] = {1, 2, 3, 4};
  reporter_.packet_passed(kProtocolLcp, {kLcpEchoRequest, 0, magic, 4}, true, 2'000);
  reporter_.packet_passed(kProtocolLcp, {kLcpEchoReply, 0, magic, 4}, false, 2'100);
  reporter_.report_echo(3'000 + ring::kEchoPatienceNs);
  EXPECT_EQ(ring_.story(), "opened");
}

TEST_F(Session, ThatEndsForWantOfEchosHasLostThemAll) {
  come_up();
  const std::uint8_t magic[4] = {1, 2, 3, 4};
  reporter_.packet_passed(kProtocolLcp, {kLcpEchoRequest, 0, magic, 4}, false, 2'000);
  reporter_.packet_passed(kProtocolLcp, {kLcpEchoRequest, 1, magic, 4}, false, 3'000);
  enter(kTerminate, 15);
  enter(kDisconnect, 15);
  reporter_.end(16, 4'000);
  EXPECT_THAT(ring_.story(), testing::EndsWith("echo_measured ended"));
  EXPECT_EQ(ring_.state().end.cause, Cause::echo_timeout);
  EXPECT_EQ(ring_.state().echo.losses, 2u);
}

TEST_F(Session, TellsOfAnAuthenticationThatFailedAtOnce) {
  const std::uint8_t pap[4] = {3, 4, 0xc0, 0x23};
  const std::uint8_t who[6] = {3, 'b', 'o', 'b', 1, 'x'};
  reporter_.packet_passed(kProtocolLcp, {kLcpConfigureRequest, 1, pap, sizeof pap}, false, 40);
  reporter_.packet_passed(kProtocolLcp, {kLcpConfigureAck, 1, pap, sizeof pap}, true, 50);
  reporter_.packet_passed(kProtocolPap, {1, 1, who, sizeof who}, true, 60);
  EXPECT_EQ(ring_.story(), "opened");
  reporter_.packet_passed(kProtocolPap, {3, 1, who, 0}, false, 70);
  EXPECT_EQ(ring_.story(), "opened authentication_attempted");
  const ring::AttemptsSection attempts = ring_.state().attempts;
  EXPECT_EQ(attempts.result, ring::AuthenticationResult::failure);
  EXPECT_STREQ(attempts.claimed_name, "bob");
}

TEST_F(Session, EndsWithItsCause) {
  come_up();
  reporter_.signal_received(SIGTERM);
  enter(kTerminate, 5);
  enter(kNetwork, 5);
  enter(kEstablish, 5);
  enter(kDisconnect, 5);
  enter(kDead, 5);
  reporter_.end(5, 9999);
  EXPECT_THAT(ring_.story(), testing::EndsWith("phase_changed ended"));
  const ring::EndSection end = ring_.state().end;
  EXPECT_EQ(end.cause, Cause::user_request);
  EXPECT_EQ(end.signal, SIGTERM);
  EXPECT_EQ(end.exit_status, 5);
  EXPECT_EQ(end.reached, Phase::running);
}

TEST_F(Session, EndsWithThePeersWordsWhenThePeerEndedIt) {
  come_up();
  const std::uint8_t bye[] = {'b', 'y', 'e', '\n'};
  reporter_.packet_passed(kProtocolLcp, {kLcpTerminateRequest, 1, bye, sizeof bye}, true, 50);
  reporter_.link_down(0);
  enter(kNetwork, 0);
  enter(kEstablish, 0);
  enter(kDisconnect, 0);
  enter(kDead, 0);
  reporter_.end(16, 9999);
  EXPECT_EQ(ring_.state().end.cause, Cause::peer_request);
  EXPECT_STREQ(ring_.state().end.peer_text, "bye\\x0a");
}

TEST_F(Session, EndedWhenItsSocketWasClosedHoweverLongPppdStayed) {
  come_up();
  enter(kTerminate, 12);
  now_ns_ = 500;
  enter(kDisconnect, 12);
  enter(kDead, 12);
  reporter_.end(12, 9999);
  EXPECT_EQ(ring_.state().end.ended_ns, 501u);
}

TEST_F(Session, EndsAtOnceWhenPppdDiesOfAFatalError) {
  enter(kSerialConn, 8);
  enter(kEstablish, 10);
  reporter_.end(1, 9999);
  EXPECT_EQ(ring_.state().end.cause, Cause::error);
  EXPECT_EQ(ring_.state().end.ended_ns, 9999u);
  EXPECT_EQ(ring_.state().end.reached, Phase::establish);
}

TEST_F(Session, SaysNothingAfterItsEnd) {
  reporter_.end(1, 9999);
  enter(kDead, 1);
  EXPECT_EQ(ring_.story(), "opened ended");
}

TEST_F(Session, IgnoresPhasesThatPppdDoesNotHave) {
  enter(-1, 0);
  enter(ring::kPhaseCount, 0);
  EXPECT_EQ(ring_.story(), "opened");
}

TEST(SessionWithoutARing, GoesOnAndTellsEverythingWhenThereIsOne) {
  const TemporaryFolder folder;
  const std::string path = folder.file("later/ring");
  ring::Publisher publisher;
  SessionReporter reporter(publisher);
  ring::OpenedSection opened{};
  opened.opened_ns = 1;
  EXPECT_EQ(reporter.open(path.c_str(), {}, opened), ring::SegmentStatus::no_directory);
  reporter.phase_entered(kSerialConn, 8, 2);
  reporter.phase_entered(kEstablish, 10, 3);

  std::filesystem::create_directory(folder.file("later"));
  constexpr ring::Geometry kTiny{256, 16};
  ring::Segment segment;
  ASSERT_EQ(segment.open_for_writing(path.c_str(), &kTiny), ring::SegmentStatus::attached);
  ASSERT_EQ(publisher.tick(), ring::SegmentStatus::attached);
  ring::Reader reader(segment);
  std::vector<ring::EventType> told;
  reader.poll([&](const ring::Record& record) { told.push_back(record.header.type); }, 100);
  EXPECT_THAT(told, testing::ElementsAre(ring::EventType::opened, ring::EventType::phase_changed));
}

}  // namespace
}  // namespace pppol2tp
