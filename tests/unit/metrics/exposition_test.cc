#include "agent/metrics/exposition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include "agent/metrics/catalogue.h"
#include "agent/model/model.h"
#include "tests/support/files.h"
#include "tests/support/records.h"

namespace pppol2tp::metrics {
namespace {

using ring::Cause;
using ring::EventType;
using ring::Phase;
using test::kSecond;
using test::SessionScript;

constexpr std::uint64_t kOwnNetns = 4026531840;

model::NetnsName name_netns(std::uint64_t inode) {
  model::NetnsName name{};
  if (inode != kOwnNetns) std::string("customers").copy(name.data(), name.size() - 1);
  return name;
}

// A session that has reported everything.
void live_fully(model::Model& model, SessionScript& session) {
  model.apply(session.at(10 * kSecond).opened());
  session.state().opened.send_sequence = 1;
  session.state().opened.reorder_timeout_ms = 250;
  test::set_text(session.state().opened.ipparam, "uplink");
  test::set_text(session.state().opened.plugin_version, "0.1.0");
  test::set_text(session.state().opened.pppd_version, "2.4.9");
  model.apply(session.record(EventType::opened, session.state().opened));

  session.state().link = {11 * kSecond, 1400, 1410, 1500, 1410};
  model.apply(session.at(11 * kSecond).record(EventType::link_up, session.state().link));
  session.state().accm.send = 0xffffffff;
  session.state().accm.receive = 0xa0000;
  session.state().accm.known = 1;
  model.apply(session.record(EventType::accm_negotiated, session.state().accm));
  session.state().attempts.latest_ns = 12 * kSecond;
  session.state().attempts.protocol = ring::AuthenticationProtocol::chap_md5;
  session.state().attempts.counts[0][1][0] = 1;
  model.apply(session.record(EventType::authentication_attempted, session.state().attempts));
  session.state().authentication.peer_authenticated = 1;
  session.state().authentication.finished_ns = 12 * kSecond;
  test::set_text(session.state().authentication.peer_name, "o\"neil\\\xff");
  model.apply(session.record(EventType::authenticated, session.state().authentication));
  session.state().ipv4 = {13 * kSecond, 1, {}, {172, 20, 0, 1}, {172, 20, 0, 10}};
  model.apply(session.record(EventType::ipv4_changed, session.state().ipv4));
  session.state().ipv6 = {13 * kSecond, 1, {}, {0xfe, 0x80}, {0xfe, 0x80}};
  session.state().ipv6.local_address[15] = 1;
  session.state().ipv6.remote_address[15] = 2;
  model.apply(session.record(EventType::ipv6_changed, session.state().ipv6));
  model.apply(session.at(14 * kSecond + 250'000'000).phase(Phase::running));
  model.apply(session.at(20 * kSecond).counters(123'400, 98'700));
  session.state().echo = {20 * kSecond, 31'500'000, 30'000'000, 4, 2, 1, {0, 0, 1, 0, 0, 0, 1}};
  model.apply(session.record(EventType::echo_measured, session.state().echo));
}

model::ExpectedSession expectation(const char* name, std::string model::ExpectedSession::*field,
                                   const char* value) {
  model::ExpectedSession expected;
  expected.name = name;
  expected.*field = value;
  return expected;
}

AgentFacts fixed_facts() {
  AgentFacts facts;
  facts.version = "0.0.0";
  facts.ring.attached = true;
  facts.ring.record_slots = 32768;
  facts.ring.session_slots = 4096;
  facts.ring.tickets = 20;
  facts.ring.counts = {18, 1, 0, 0};
  facts.ring.holes = 1;
  facts.collectors = {{"ring", true, 1'500'000}, {"liveness", false, 250'000}};
  facts.http_requests = {{"/metrics", "2xx", 7}, {"other", "4xx", 1}};
  facts.process = {1.25, 4096, 8192, 12, 1024, 1'700'000'000.5};
  return facts;
}

// Two sessions in the agent's own network namespace, one of which has ended; one in another
// namespace, which the kernel has lost; and one without a plugin. One expectation that is met, and
// one that is not.
std::string rendered(const std::vector<std::string>& session_labels = {},
                     const Scrape& scrape = {}) {
  model::Model model({100, 900 * kSecond}, name_netns);
  SessionScript full(10, 20);
  live_fully(model, full);

  SessionScript gone(10, 21, 2);
  model.apply(gone.at(15 * kSecond).opened(ring::Role::lac));
  model.apply(gone.phase(Phase::running));
  model.apply(gone.at(16 * kSecond).counters(2'000, 1'000));
  test::set_text(gone.state().attempts.claimed_name, "mallory");
  gone.state().attempts.latest_ns = 15 * kSecond;
  gone.state().attempts.protocol = ring::AuthenticationProtocol::pap;
  gone.state().attempts.counts[0][0][1] = 2;
  model.apply(gone.record(EventType::authentication_attempted, gone.state().attempts));
  test::set_text(gone.state().end.peer_text, "Session-Timeout\n");
  gone.state().end.exit_status = 16;
  model.apply(gone.at(17 * kSecond).ended(Cause::peer_request));

  SessionScript foreign(30, 40, 3);
  foreign.state().identity.netns = 4026532999;
  model.apply(foreign.at(18 * kSecond).opened());
  model.apply(foreign.phase(Phase::establish));

  model::KernelTunnel tunnel;
  tunnel.peer_tunnel_id = 1010;
  tunnel.peer_family = ring::Family::ipv4;
  tunnel.peer_port = 1701;
  tunnel.peer_address = {10, 99, 0, 2};
  tunnel.receive_cookie_discards = 5;
  tunnel.receive_invalid = 6;
  model.hear_tunnel({kOwnNetns, 10}, tunnel, 18 * kSecond);
  model.set_ethernet_sessions({{{kOwnNetns, 10}, 2}});
  model::KernelSession kernel_session;
  kernel_session.peer_tunnel_id = 1010;
  kernel_session.peer_session_id = 1022;
  kernel_session.counters.receive_bytes = 77;
  model.hear_session({kOwnNetns, 10, 20}, kernel_session, 18 * kSecond);
  model.hear_session({4026532999, 30, 40}, std::nullopt, 18 * kSecond);
  model.add_without_plugin({kOwnNetns, 10, 22}, kernel_session, 18 * kSecond);
  model.set_expected(std::make_shared<const model::ExpectedSessions>(
      std::vector{expectation("uplink", &model::ExpectedSession::ipparam, "uplink"),
                  expectation("night \"shift\"", &model::ExpectedSession::user, "nobody")}));

  AgentFacts facts = fixed_facts();
  facts.totals = model.totals();
  Exposition exposition(session_labels);
  return to_text(exposition, model.snapshot(21 * kSecond, 1'700'000'000 * std::int64_t{kSecond}),
                 facts, scrape);
}

TEST(Exposition, IsTheGoldenText) {
  const std::string now = rendered();
  EXPECT_EQ(test::expected_file("tests/golden/metrics.prom", now), now)
      << "run the test again with PPPOL2TP_UPDATE=1 and look at the difference";
}

TEST(Exposition, InOpenMetricsIsTheGoldenText) {
  const std::string now = rendered({}, {.format = Format::openmetrics});
  EXPECT_EQ(test::expected_file("tests/golden/metrics.openmetrics", now), now)
      << "run the test again with PPPOL2TP_UPDATE=1 and look at the difference";
}

std::vector<std::string> samples_in(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("#")) out.push_back(line);
  }
  return out;
}

TEST(Exposition, HasTheSameSamplesInBothFormats) {
  EXPECT_EQ(samples_in(rendered()), samples_in(rendered({}, {.format = Format::openmetrics})));
}

TEST(Exposition, InOpenMetricsSaysOnRequestWhenEachSessionsCountersBegan) {
  const auto with = samples_in(rendered({}, {.format = Format::openmetrics, .with_created = true}));
  const auto without = samples_in(rendered({}, {.format = Format::openmetrics}));
  const std::string counter = "pppol2tp_session_receive_bytes_total{tunnel_id=\"10\",session_id=";
  const auto first = std::find(with.begin(), with.end(), counter + "\"20\"} 123400");
  ASSERT_NE(first, with.end());
  EXPECT_EQ(
      *std::next(first),
      "pppol2tp_session_receive_bytes_created{tunnel_id=\"10\",session_id=\"20\"} 1700000010");
  std::vector<std::string> rest;
  std::copy_if(with.begin(), with.end(), std::back_inserter(rest),
               [](const std::string& line) { return line.find("_created{") == line.npos; });
  EXPECT_EQ(rest, without);
  EXPECT_EQ(samples_in(rendered({}, {.with_created = true})), samples_in(rendered()))
      << "the text format has no such thing";
}

TEST(Exposition, ShowsTheSelectedFamiliesAlone) {
  Scrape scrape;
  scrape.families = *parse_families("pppol2tp_session_up") | *parse_families("pppol2tp_tunnels");
  std::multiset<std::string> shown;
  std::istringstream lines(rendered({}, scrape));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) shown.insert(line.substr(7, line.find(' ', 7) - 7));
  }
  EXPECT_EQ(shown, (std::multiset<std::string>{"pppol2tp_session_up", "pppol2tp_tunnels"}));
}

TEST(Exposition, HasEveryFamilyOfTheTableOnceAndNoOther) {
  std::multiset<std::string> shown;
  std::istringstream lines(rendered());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) shown.insert(line.substr(7, line.find(' ', 7) - 7));
  }
  std::multiset<std::string> wanted;
  for (const Family& family : kFamilies) wanted.insert(std::string(family.name));
  EXPECT_EQ(shown, wanted);
}

TEST(Exposition, HasNoSeriesTwice) {
  std::set<std::string> seen;
  std::istringstream lines(rendered());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) continue;
    EXPECT_TRUE(seen.insert(line.substr(0, line.rfind(' '))).second) << line;
  }
  EXPECT_GT(seen.size(), kFamilies.size());
}

TEST(Exposition, SessionLabelsGoOnEverySampleOfASession) {
  std::istringstream lines(rendered({"ifname", "role"}));
  int samples = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("pppol2tp_session_") || line.find("session_id=") == line.npos) continue;
    if (line.find("session_id=\"22\"") != line.npos) continue;  // it has no plugin to report these
    ++samples;
    EXPECT_NE(line.find("ifname=\"ppp"), line.npos) << line;
    EXPECT_EQ(line.find("role=\""), line.rfind("role=\"")) << line;
    EXPECT_NE(line.find("role=\""), line.npos) << line;
  }
  EXPECT_GT(samples, 30);
}

TEST(Exposition, WithoutSessionsStillShowsWhatIsKnownInAdvance) {
  model::Model model({100, 0});
  Exposition exposition;
  const std::string text = to_text(exposition, model.snapshot(0, 0), fixed_facts());
  EXPECT_NE(text.find("pppol2tp_session_starts_total 0\n"), text.npos);
#define CAUSE(name, number, meaning)                                                        \
  if (number != 0) {                                                                        \
    EXPECT_NE(text.find("pppol2tp_session_ends_total{cause=\"" #name "\"} 0\n"), text.npos) \
        << #name;                                                                           \
  }
#include "plugin/ring/causes.def"
#undef CAUSE
}

}  // namespace
}  // namespace pppol2tp::metrics
