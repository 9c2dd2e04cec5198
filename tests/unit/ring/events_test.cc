#include "plugin/ring/events.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>

namespace pppol2tp::ring {
namespace {

// One event type without its C++ types, so that a test can loop over all rows.
struct Row {
  const char* name;
  EventType type;
  std::size_t section_bytes;
  std::size_t section_offset;  // in SessionState
};

constexpr Row kRows[] = {
#define EVENT(name, number, Section, member, meaning) \
  {#name, EventType::name, sizeof(Section), offsetof(SessionState, member)},
#include "plugin/ring/events.def"
#undef EVENT
};

Record record_of(const Row& row, unsigned char fill) {
  Record record{};
  record.header.type = row.type;
  record.header.bytes = static_cast<std::uint16_t>(sizeof(RecordHeader) + row.section_bytes);
  std::memset(record.body, fill, sizeof record.body);
  return record;
}

TEST(Events, HaveNamesAndNumbersOfTheirOwn) {
  std::set<std::string> names;
  std::set<int> numbers;
  for (const Row& row : kRows) {
    EXPECT_TRUE(names.insert(to_text(row.type)).second) << row.name;
    EXPECT_TRUE(numbers.insert(static_cast<int>(row.type)).second) << row.name;
    EXPECT_STREQ(to_text(row.type), row.name);
    EXPECT_NE(static_cast<int>(row.type), 0) << "zeroed memory must not look like " << row.name;
  }
  EXPECT_STREQ(to_text(EventType{0}), "unknown");
}

TEST(Events, ApplyingOneReplacesItsSectionAndNothingElse) {
  for (const Row& row : kRows) {
    SessionState state;
    std::memset(static_cast<void*>(&state), 0x11, sizeof state);
    ASSERT_TRUE(apply_body(record_of(row, 0x22), state)) << row.name;
    unsigned char bytes[sizeof state];
    std::memcpy(bytes, &state, sizeof state);
    for (std::size_t i = 0; i < sizeof state; ++i) {
      const bool is_inside = i >= row.section_offset && i < row.section_offset + row.section_bytes;
      ASSERT_EQ(bytes[i], is_inside ? 0x22 : 0x11) << row.name << ", byte " << i;
    }
  }
}

TEST(Events, OfAnUnknownTypeChangeNothing) {
  SessionState state;
  std::memset(static_cast<void*>(&state), 0x11, sizeof state);
  const SessionState before = state;
  EXPECT_FALSE(apply_body(record_of({"", EventType{9999}, 8, 0}, 0x22), state));
  EXPECT_EQ(std::memcmp(&state, &before, sizeof state), 0);
}

TEST(Events, AreWellFormedFromTheirSectionsLengthUpToAFullRecord) {
  for (const Row& row : kRows) {
    Record record = record_of(row, 0);
    const std::size_t shortest = sizeof(RecordHeader) + row.section_bytes;
    for (std::size_t bytes = 0; bytes <= 0xffff; ++bytes) {
      record.header.bytes = static_cast<std::uint16_t>(bytes);
      ASSERT_EQ(is_well_formed(record), bytes >= shortest && bytes <= kMaxRecordBytes)
          << row.name << " of " << bytes << " bytes";
    }
  }
}

TEST(Events, OfAnUnknownTypeAreWellFormedWithAnyBody) {
  Record record{};
  record.header.type = EventType{9999};
  for (std::size_t bytes = 0; bytes <= 0xffff; ++bytes) {
    record.header.bytes = static_cast<std::uint16_t>(bytes);
    ASSERT_EQ(is_well_formed(record), bytes >= sizeof(RecordHeader) && bytes <= kMaxRecordBytes);
  }
}

TEST(Events, SetBodySetsTypeAndLength) {
  Record record{};
  const LinkSection link{1, 2, 3, 4, 5};
  set_body(record, EventType::link_up, link);
  EXPECT_EQ(record.header.type, EventType::link_up);
  EXPECT_EQ(record.header.bytes, sizeof(RecordHeader) + sizeof(LinkSection));
  SessionState state{};
  ASSERT_TRUE(apply_body(record, state));
  EXPECT_EQ(state.link.negotiated_mru_bytes, 5u);
}

TEST(Causes, AndPhasesHaveTextsAndUnknownNumbersAreSaidToBeUnknown) {
  EXPECT_STREQ(to_text(Cause::echo_timeout), "echo_timeout");
  EXPECT_STREQ(to_text(Cause{200}), "unknown");
  EXPECT_STREQ(to_text(Phase::running), "running");
  EXPECT_STREQ(to_text(Phase{200}), "unknown");
}

}  // namespace
}  // namespace pppol2tp::ring
