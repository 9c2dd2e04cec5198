#include "plugin/ring/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/ring/memory_ring.h"

namespace pppol2tp::ring::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class WriterTest : public testing::TestWithParam<WritePath> {
 protected:
  Published publish(const Record& record) {
    return Writer(ring_.segment(), GetParam()).publish(record);
  }
  Published publish(std::uint64_t number) { return publish(numbered_record(1, number)); }

  MemoryRing ring_;
};

INSTANTIATE_TEST_SUITE_P(Paths, WriterTest,
                         testing::Values(WritePath::fastest, WritePath::portable),
                         [](const auto& path) {
                           return path.param == WritePath::fastest ? "fastest" : "portable";
                         });

TEST_P(WriterTest, PublishesWhatAReaderThenTakes) {
  Reader reader(ring_.segment());
  for (std::uint64_t number = 1; number <= 3 * kTinyGeometry.record_slots; ++number) {
    ASSERT_EQ(publish(number), Published::yes);
    Record record;
    ASSERT_TRUE(reader.take(record));
    EXPECT_EQ(record.header.number, number);
    EXPECT_TRUE(is_intact(record));
  }
}

TEST_P(WriterTest, PublishesRecordsOfEveryLength) {
  Reader reader(ring_.segment());
  for (std::size_t bytes = sizeof(RecordHeader); bytes <= kMaxRecordBytes; ++bytes) {
    Record sent = numbered_record(1, bytes);
    sent.header.type = EventType{4242};
    sent.header.bytes = static_cast<std::uint16_t>(bytes);
    ASSERT_EQ(publish(sent), Published::yes);
    Record taken;
    ASSERT_TRUE(reader.take(taken)) << bytes;
    EXPECT_EQ(std::memcmp(&taken, &sent, bytes), 0) << bytes;
  }
}

TEST_P(WriterTest, LeavesTheFieldsAsTheLayoutSays) {
  publish(1);
  const RecordSlot& slot = ring_.segment().record_slot(0);
  EXPECT_EQ(slot.sequence.load(), 2u);
  EXPECT_EQ(slot.record.header.number, 1u);
  EXPECT_EQ(ring_.control().next_ticket.load(), 1u);
  EXPECT_EQ(ring_.control().tickets_abandoned.load(), 0u);
  EXPECT_EQ(ring_.control().records_dropped.load(), 0u);
}

TEST_P(WriterTest, TakesOverASlotThatADeadWriterLeftMarked) {
  Reader reader(ring_.segment());
  ring_.control().next_ticket.store(kTinyGeometry.record_slots);
  ring_.segment().record_slot(0).sequence.store(1);
  EXPECT_EQ(publish(1), Published::yes);
  const auto numbers = take_numbers(reader);
  EXPECT_THAT(numbers, ElementsAre(1));
}

TEST_P(WriterTest, TicketsGoOnWhereSixtyFourBitsOfASequenceWrap) {
  const std::uint64_t last = (std::uint64_t{1} << 63) - 3;
  ring_.control().next_ticket.store(last);
  Reader reader(ring_.segment());
  take_numbers(reader);
  publish(1);
  publish(2);
  EXPECT_THAT(take_numbers(reader), ElementsAre(1, 2));
}

// every_instruction_test.cc shows the same for a restartable sequence.
class PortableWriterTest : public testing::Test {
 protected:
  Published write(std::uint64_t number) {
    return Writer(ring_.segment(), WritePath::portable).publish(numbered_record(1, number));
  }

  MemoryRing ring_;
};

TEST_F(PortableWriterTest, TakesANewTicketWhenANewerWriterHasTheSlot) {
  Reader reader(ring_.segment());
  ring_.segment().record_slot(0).sequence.store(2 * kTinyGeometry.record_slots + 2);
  EXPECT_EQ(write(1), Published::yes);
  EXPECT_EQ(ring_.control().next_ticket.load(), 2u);
  EXPECT_EQ(ring_.control().tickets_abandoned.load(), 1u);
  EXPECT_THAT(take_numbers(reader), ElementsAre(1));
}

TEST_F(PortableWriterTest, DropsTheRecordAndCountsItAfterThreeLostRaces) {
  Reader reader(ring_.segment());
  for (std::uint64_t ticket = 0; ticket < 3; ++ticket) {
    ring_.segment().record_slot(ticket).sequence.store(~std::uint64_t{0});
  }
  EXPECT_EQ(write(1), Published::dropped);
  EXPECT_EQ(ring_.control().next_ticket.load(), 3u);
  EXPECT_EQ(ring_.control().tickets_abandoned.load(), 3u);
  EXPECT_EQ(ring_.control().records_dropped.load(), 1u);
  EXPECT_THAT(take_numbers(reader), IsEmpty());
  EXPECT_EQ(write(2), Published::yes);
  EXPECT_THAT(take_numbers(reader), ElementsAre(2));
}

TEST(WritePaths, WriteTheSameBytes) {
  MemoryRing one;
  MemoryRing other;
  for (std::uint64_t number = 1; number <= 20; ++number) {
    Writer(one.segment(), WritePath::fastest).publish(numbered_record(1, number));
    Writer(other.segment(), WritePath::portable).publish(numbered_record(1, number));
  }
  const std::size_t ring_bytes = kTinyGeometry.record_slots * sizeof(RecordSlot);
  EXPECT_EQ(std::memcmp(one.at(kRecordsOffset), other.at(kRecordsOffset), ring_bytes), 0);
}

}  // namespace
}  // namespace pppol2tp::ring::test
