#include "agent/ctl/fields.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/records.h"

namespace pppol2tp::ctl {
namespace {

using test::kSecond;
using test::set_text;

std::string text_of(std::string_view name, const model::Session& session, Moment moment = {}) {
  const Field* const field = find_field(name);
  if (field == nullptr) return "no such field";
  return shown(*field, field->of(session, moment), moment);
}

TEST(Fields, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Field& field : fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name << " is there twice";
    EXPECT_FALSE(field.meaning.empty()) << field.name;
  }
}

TEST(Fields, StateIsUpEndedOrThePhase) {
  model::Session session;
  session.state.phase.current = ring::Phase::authenticate;
  EXPECT_EQ(text_of("state", session), "authenticate");
  session.state.phase.current = ring::Phase::running;
  EXPECT_EQ(text_of("state", session), "up");
  session.state.end.cause = ring::Cause::hangup;
  EXPECT_EQ(text_of("state", session), "ended");
  EXPECT_EQ(text_of("end_cause", session), "hangup");
}

TEST(Fields, AgeRunsUntilTheEnd) {
  model::Session session;
  session.state.opened.opened_ns = 10 * kSecond;
  EXPECT_EQ(text_of("age", session, {15 * kSecond, 0}), "5s");
  EXPECT_EQ(text_of("age", session, {(10 + 3600 * 5 + 60 * 7) * kSecond, 0}), "5h7m");
  EXPECT_EQ(text_of("age", session, {(10 + 86400 * 3 + 3600 * 4) * kSecond, 0}), "3d4h");
  session.state.end.cause = ring::Cause::hangup;
  session.state.end.ended_ns = 12 * kSecond;
  EXPECT_EQ(text_of("age", session, {1000 * kSecond, 0}), "2s");
}

TEST(Fields, BytesHaveUnitsAndTimesAreOfTheDay) {
  model::Session session;
  session.state.counters.read_ns = 1;
  session.state.counters.receive_bytes = 1'234'567;
  session.state.counters.transmit_bytes = 999;
  session.state.opened.opened_ns = kSecond;
  EXPECT_EQ(text_of("receive_bytes_total", session), "1.2M");
  EXPECT_EQ(text_of("transmit_bytes_total", session), "999");
  const Moment moment{0, 86399 * static_cast<std::int64_t>(kSecond)};
  EXPECT_EQ(text_of("start_time_seconds", session, moment), "1970-01-02T00:00:00Z");
}

TEST(Fields, WhatAPeerChoseCannotMoveTheCursor) {
  model::Session session;
  set_text(session.state.authentication.peer_name, "a\x1b[2Jb\n");
  EXPECT_EQ(text_of("user", session), "a\\x1b[2Jb\\n");
}

TEST(Fields, NothingIsADash) {
  EXPECT_EQ(text_of("user", {}), "-");
  EXPECT_EQ(text_of("receive_bytes_total", {}), "-");
}

}  // namespace
}  // namespace pppol2tp::ctl
