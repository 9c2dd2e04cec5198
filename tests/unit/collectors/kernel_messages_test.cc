#include "agent/collectors/kernel_messages.h"

#include <gtest/gtest.h>

namespace pppol2tp::collectors {
namespace {

KernelReport full_report() {
  model::KernelTunnel tunnel;
  tunnel.tunnel_id = 10;
  tunnel.peer_tunnel_id = 11;
  tunnel.peer_family = ring::Family::ipv6;
  tunnel.peer_port = 1701;
  tunnel.peer_address = {0x20, 0x01, 0x0d, 0xb8, 1};
  tunnel.receive_cookie_discards = 12;
  tunnel.receive_invalid = 13;
  model::KernelSession session;
  session.tunnel_id = 10;
  session.session_id = 20;
  session.peer_tunnel_id = 11;
  session.peer_session_id = 21;
  session.is_ppp = true;
  session.counters.transmit_bytes = 1ull << 40;
  session.counters.receive_errors = 7;

  KernelReport report;
  report.answers.tunnels = {{{1, 10}, tunnel, 100}, {{1, 30}, std::nullopt, 101}};
  report.answers.sessions = {{{1, 10, 20}, session, 102}, {{1, 10, 22}, std::nullopt, 103}};
  report.answers.interfaces = {{{1, 10, 20}, "ppp7"}};
  model::LinkAddresses addresses;
  addresses.ipv4 = {true, {192, 0, 2, 1}, {192, 0, 2, 2}};
  addresses.ipv6 = {false, {}, {}};
  report.answers.links = {{{1, "ppp7"}, addresses}};
  report.answers.namespaces = {{1, ""}, {0, "blue: no such namespace"}};
  report.answers.ethernet_sessions = {{{{1, 10}, 3}, {{2, 10}, 4}}};
  report.answers.batch_cost_ns = 5'000;
  report.answers.batch_size = 4;
  report.answers.has_ended_links = true;
  report.is_news = true;
  report.is_restart = true;
  return report;
}

TEST(KernelMessages, ReportArrivesAsItWas) {
  const auto bytes = encode(full_report());
  const auto report = decode_report(bytes);
  ASSERT_TRUE(report);
  const KernelAnswers& answers = report->answers;
  ASSERT_EQ(answers.tunnels.size(), 2u);
  EXPECT_EQ(answers.tunnels[0].ids, (model::TunnelIds{1, 10}));
  EXPECT_EQ(answers.tunnels[0].asked_ns, 100u);
  ASSERT_TRUE(answers.tunnels[0].fact);
  EXPECT_EQ(answers.tunnels[0].fact->peer_tunnel_id, 11u);
  EXPECT_EQ(answers.tunnels[0].fact->peer_family, ring::Family::ipv6);
  EXPECT_EQ(answers.tunnels[0].fact->peer_port, 1701);
  EXPECT_EQ(answers.tunnels[0].fact->peer_address[4], 1);
  EXPECT_EQ(answers.tunnels[0].fact->receive_cookie_discards, 12u);
  EXPECT_EQ(answers.tunnels[0].fact->receive_invalid, 13u);
  EXPECT_FALSE(answers.tunnels[1].fact);
  ASSERT_EQ(answers.sessions.size(), 2u);
  EXPECT_EQ(answers.sessions[0].ids, (model::SessionIds{1, 10, 20}));
  ASSERT_TRUE(answers.sessions[0].fact);
  EXPECT_EQ(answers.sessions[0].fact->peer_session_id, 21u);
  EXPECT_TRUE(answers.sessions[0].fact->is_ppp);
  EXPECT_EQ(answers.sessions[0].fact->counters.transmit_bytes, 1ull << 40);
  EXPECT_EQ(answers.sessions[0].fact->counters.receive_errors, 7u);
  EXPECT_FALSE(answers.sessions[1].fact);
  ASSERT_EQ(answers.interfaces.size(), 1u);
  EXPECT_EQ(answers.interfaces[0].ids, (model::SessionIds{1, 10, 20}));
  EXPECT_EQ(answers.interfaces[0].name, "ppp7");
  ASSERT_EQ(answers.links.size(), 1u);
  EXPECT_EQ(answers.links[0].ids, full_report().answers.links[0].ids);
  EXPECT_EQ(answers.links[0].addresses, full_report().answers.links[0].addresses);
  EXPECT_EQ(answers.namespaces, full_report().answers.namespaces);
  EXPECT_EQ(answers.ethernet_sessions, full_report().answers.ethernet_sessions);
  EXPECT_EQ(answers.batch_cost_ns, 5'000u);
  EXPECT_EQ(answers.batch_size, 4u);
  EXPECT_TRUE(answers.has_ended_links);
  EXPECT_TRUE(report->is_news);
  EXPECT_TRUE(report->is_restart);
  EXPECT_EQ(encode(*report).size(), bytes.size()) << "and nothing else is in it";
}

TEST(KernelMessages, QuestionsArriveAsTheyWere) {
  const KernelQuestions asked{{{1, 2}, {3, 4}}, {{5, 6, 7}}, {8, 9}};
  const auto questions = decode_questions(encode(asked));
  ASSERT_TRUE(questions);
  EXPECT_EQ(questions->tunnels, asked.tunnels);
  EXPECT_EQ(questions->sessions, asked.sessions);
  EXPECT_EQ(questions->nameless, asked.nameless);
}

TEST(KernelMessages, EveryBeginningOfAMessageIsNone) {
  const auto bytes = encode(full_report());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_report(std::span(bytes).first(length))) << length;
  }
}

TEST(KernelMessages, MessageWithMoreBehindItIsNone) {
  auto bytes = encode(KernelQuestions{{{1, 2}}, {}, {}});
  bytes.push_back(0);
  EXPECT_FALSE(decode_questions(bytes));
}

TEST(KernelMessages, CountThatIsALieIsNotBelieved) {
  const std::vector<std::uint8_t> bytes(16, 0xff);
  EXPECT_FALSE(decode_questions(bytes));
}

}  // namespace
}  // namespace pppol2tp::collectors
