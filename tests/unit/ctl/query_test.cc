#include "agent/ctl/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/records.h"

namespace pppol2tp::ctl {
namespace {

using test::kSecond;
using test::set_text;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Moment kMoment{100 * kSecond, 0};

model::Session session(std::uint32_t session_id, std::string_view user, std::uint64_t bytes) {
  model::Session session;
  session.state.identity.tunnel_id = 1;
  session.state.identity.session_id = session_id;
  set_text(session.state.authentication.peer_name, user);
  session.state.counters.read_ns = bytes == 0 ? 0 : kSecond;
  session.state.counters.receive_bytes = bytes;
  return session;
}

bool holds(std::string_view condition, const model::Session& session) {
  const auto parsed = Condition::parse(condition);
  EXPECT_TRUE(parsed) << condition;
  return parsed && parsed->holds(session, kMoment);
}

TEST(Condition, ComparesTextAndNumbers) {
  const auto alice = session(3, "alice", 2000);
  EXPECT_TRUE(holds("user=alice", alice));
  EXPECT_FALSE(holds("user=ali", alice));
  EXPECT_TRUE(holds("user~ali", alice));
  EXPECT_TRUE(holds("user!=bob", alice));
  EXPECT_FALSE(holds("user!=alice", alice));
  EXPECT_TRUE(holds("receive_bytes_total>1999", alice));
  EXPECT_FALSE(holds("receive_bytes_total>2000", alice));
  EXPECT_TRUE(holds("receive_bytes_total<2.1e3", alice));
  EXPECT_TRUE(holds("receive_bytes_total=2000", alice));
  EXPECT_TRUE(holds("id=1/3", alice));
}

TEST(Condition, ComparesLargeRoundNumbersByAllTheirDigits) {
  EXPECT_TRUE(holds("receive_bytes_total=2000000", session(3, "alice", 2'000'000)));
  EXPECT_TRUE(holds("receive_bytes_total~000000", session(3, "alice", 2'000'000)));
  auto peers = session(3, "alice", 0);
  peers.state.identity.peer_tunnel_id = 4'000'000'000;
  EXPECT_TRUE(holds("peer_tunnel_id=4000000000", peers));
}

TEST(Condition, OfWhatIsNotThereHoldsOnlyAsUnequal) {
  const auto silent = session(3, "", 0);
  EXPECT_FALSE(holds("receive_bytes_total<5", silent));
  EXPECT_FALSE(holds("receive_bytes_total=0", silent));
  EXPECT_TRUE(holds("receive_bytes_total!=0", silent));
  EXPECT_FALSE(holds("end_cause=none", silent)) << "a living session has no end";
}

TEST(Condition, ValueMayHoldTheOperatorsThemselves) {
  EXPECT_TRUE(holds("user=a=b<c", session(1, "a=b<c", 0)));
}

TEST(Condition, IsRefusedWithTheReason) {
  EXPECT_THAT(Condition::parse("user").error().message,
              HasSubstr("none of the operators = != ~ < >"));
  EXPECT_THAT(Condition::parse("user!alice").error().message, HasSubstr("! must be followed by ="));
  EXPECT_THAT(Condition::parse("usr=alice").error().message, HasSubstr("\"usr\""));
  EXPECT_THAT(Condition::parse("mtu_bytes>x").error().message, HasSubstr("not a number"));
}

std::vector<std::uint32_t> sorted(std::string_view order,
                                  const std::vector<model::Session>& sessions) {
  std::vector<const model::Session*> pointers;
  for (const auto& each : sessions) pointers.push_back(&each);
  const auto parsed = Order::parse(order);
  EXPECT_TRUE(parsed) << order;
  if (parsed) parsed->sort(pointers, kMoment);
  std::vector<std::uint32_t> ids;
  for (const auto* each : pointers) ids.push_back(each->state.identity.session_id);
  return ids;
}

TEST(Order, ComparesNumbersAsNumbersAndPutsWhatIsNotThereLast) {
  const std::vector<model::Session> sessions = {session(1, "b", 1000), session(2, "", 0),
                                                session(3, "a", 200)};
  EXPECT_THAT(sorted("receive_bytes_total", sessions), ElementsAre(3, 1, 2));
  EXPECT_THAT(sorted("-receive_bytes_total", sessions), ElementsAre(1, 3, 2));
  EXPECT_THAT(sorted("user", sessions), ElementsAre(3, 1, 2));
  EXPECT_THAT(sorted("-user", sessions), ElementsAre(1, 3, 2));
}

TEST(Order, SortsIdsByTheirNumbers) {
  const std::vector<model::Session> sessions = {session(10, "", 0), session(9, "", 0)};
  EXPECT_THAT(sorted("id", sessions), ElementsAre(9, 10));
}

}  // namespace
}  // namespace pppol2tp::ctl
