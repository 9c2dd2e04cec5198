#include "agent/ctl/top.h"

#include <gtest/gtest.h>

#include "tests/support/records.h"

namespace pppol2tp::ctl {
namespace {

using test::kSecond;

model::Session reading(std::uint32_t instance, std::uint64_t at_s, std::uint64_t received) {
  model::Session session;
  session.state.identity.instance = instance;
  session.state.counters.read_ns = at_s * kSecond;
  session.state.counters.receive_bytes = received;
  session.state.counters.transmit_bytes = received / 2;
  return session;
}

TEST(Rates, AreThoseBetweenTheLastTwoReadings) {
  Rates rates;
  const auto first = reading(1, 10, 1000);
  rates.update({&first});
  EXPECT_EQ(rates.of(first).receive, 0) << "one reading has no rate";
  const auto second = reading(1, 20, 6000);
  rates.update({&second});
  EXPECT_DOUBLE_EQ(rates.of(second).receive, 500);
  EXPECT_DOUBLE_EQ(rates.of(second).transmit, 250);
  rates.update({&second});
  EXPECT_DOUBLE_EQ(rates.of(second).receive, 500) << "no new reading, no new rate";
}

TEST(Rates, OfAnotherSessionWithTheSameIdsBeginAnew) {
  Rates rates;
  const auto first = reading(1, 10, 1000);
  const auto later = reading(2, 20, 6000);
  rates.update({&first});
  rates.update({&later});
  EXPECT_EQ(rates.of(later).receive, 0);
  rates.update({&first});
  EXPECT_EQ(rates.of(first).receive, 0) << "what has gone is forgotten";
}

}  // namespace
}  // namespace pppol2tp::ctl
