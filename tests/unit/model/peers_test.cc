#include "agent/model/peers.h"

#include <gtest/gtest.h>

#include <numeric>

#include "agent/model/checkpoint.h"
#include "tests/support/records.h"

namespace pppol2tp::model {
namespace {

using ring::EventType;
using test::kSecond;
using test::SessionScript;

constexpr char kBoot[] = "8c1f0f3e-7d65-4f5b-9d54-1f1f6d0c8a11";
constexpr Limits kLimits{100, 900 * kSecond};

// Replies in the second bucket, a millisecond each.
ring::Record echoed(SessionScript& session, std::uint32_t replies) {
  session.state().echo = {kSecond, replies * 1'000'000ull, 1'000'000, replies + 1, replies, 1, {}};
  session.state().echo.replies_by_rtt[1] = replies;
  return session.record(EventType::echo_measured, session.state().echo);
}

// Successes and failures of peers by PAP.
ring::Record attempted(SessionScript& session, std::uint32_t successes, std::uint32_t failures) {
  session.state().attempts.latest_ns = kSecond;
  session.state().attempts.counts[0][0][0] = successes;
  session.state().attempts.counts[0][0][1] = failures;
  return session.record(EventType::authentication_attempted, session.state().attempts);
}

std::uint64_t attempts(const Model& model, ring::AuthenticationResult result) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < AttemptTotals::kKinds; ++i) {
    const AttemptKind kind = attempt_kinds()[i];
    if (kind.direction == ring::AuthenticationDirection::of_peer &&
        kind.protocol == ring::AuthenticationProtocol::pap && kind.result == result) {
      sum += model.totals().attempts.counts[i];
    }
  }
  return sum;
}

std::uint64_t all_attempts(const Model& model) {
  const auto& counts = model.totals().attempts.counts;
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

class PeersTest : public testing::Test {
 protected:
  PeersTest() { model_.begin_ring(1, 16); }
  Model model_{kLimits};
  SessionScript session_{10, 20};
  SessionScript other_{10, 21, 2};
};

TEST_F(PeersTest, RoundTripsOfAllSessionsAddUp) {
  model_.apply(echoed(session_, 2));
  model_.apply(echoed(session_, 5));
  model_.apply(echoed(other_, 3));
  EXPECT_EQ(model_.totals().echo_rtt.counts[1], 8u);
  EXPECT_EQ(model_.totals().echo_rtt.sum_ns, 8'000'000u);
}

TEST_F(PeersTest, RoundTripsThatTheRingLostAreTakenFromTheTableOnce) {
  model_.apply(echoed(session_.in_slot(2, 1), 2));
  echoed(session_, 9);  // lost
  const ring::SlotReading reading{ring::OwnerState::lives, 1, true};
  model_.reconcile(2, reading, session_.state());
  model_.reconcile(2, reading, session_.state());
  EXPECT_EQ(model_.totals().echo_rtt.counts[1], 9u);
  model_.apply(echoed(session_, 10));
  EXPECT_EQ(model_.totals().echo_rtt.counts[1], 10u);
}

TEST_F(PeersTest, ASessionWithTheIdsOfAnEarlierOneBeginsAnew) {
  model_.apply(echoed(session_, 7));
  SessionScript next(10, 20, 3);
  model_.apply(echoed(next, 2));
  EXPECT_EQ(model_.totals().echo_rtt.counts[1], 9u);
}

TEST_F(PeersTest, AttemptsOfAllSessionsAddUpByKind) {
  model_.apply(attempted(session_, 1, 0));
  model_.apply(attempted(session_, 1, 2));
  model_.apply(attempted(other_, 1, 0));
  EXPECT_EQ(attempts(model_, ring::AuthenticationResult::success), 2u);
  EXPECT_EQ(attempts(model_, ring::AuthenticationResult::failure), 2u);
  EXPECT_EQ(all_attempts(model_), 4u);
}

TEST_F(PeersTest, ARestartOfTheAgentCountsNothingTwice) {
  model_.apply(echoed(session_, 2));
  model_.apply(attempted(session_, 1, 1));
  const std::string bytes =
      encode_checkpoint(model_.snapshot(0, 0), {kBoot, 1, model_.known_generations(), {}});
  auto checkpoint = decode_checkpoint(bytes, kBoot);
  ASSERT_TRUE(checkpoint);
  Model again(kLimits);
  again.restore(checkpoint->memory);
  again.apply(attempted(session_, 1, 1));
  again.apply(echoed(session_, 3));
  EXPECT_EQ(again.totals().echo_rtt.counts[1], 3u);
  EXPECT_EQ(all_attempts(again), 2u);
}

TEST(AttemptKinds, AreAllThereIsAndEachOnce) {
  std::size_t in_order = 0;
  for (std::size_t d = 0; d < ring::kAuthenticationDirections; ++d) {
    for (std::size_t p = 1; p <= ring::kAuthenticationProtocols; ++p) {
      for (std::size_t r = 0; r < ring::kAuthenticationResults; ++r, ++in_order) {
        const AttemptKind kind = attempt_kinds().at(in_order);
        EXPECT_EQ(static_cast<std::size_t>(kind.direction), d);
        EXPECT_EQ(static_cast<std::size_t>(kind.protocol), p);
        EXPECT_EQ(static_cast<std::size_t>(kind.result), r);
      }
    }
  }
  EXPECT_EQ(in_order, AttemptTotals::kKinds);
}

}  // namespace
}  // namespace pppol2tp::model
