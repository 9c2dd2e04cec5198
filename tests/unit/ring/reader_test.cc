#include "plugin/ring/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "plugin/ring/checksum.h"
#include "tests/unit/ring/memory_ring.h"

namespace pppol2tp::ring::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kSlots = kTinyGeometry.record_slots;

std::vector<std::uint64_t> numbers_from_to(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> numbers(last - first + 1);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

// A ring, and beside the real writer one that goes step by step.
class ReaderTest : public testing::Test {
 protected:
  void publish(std::uint64_t number, std::uint32_t session = 1) {
    ASSERT_EQ(Writer(ring_.segment()).publish(numbered_record(session, number)), Published::yes);
  }
  void publish_many(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t number = first; number <= last; ++number) publish(number);
  }

  std::uint64_t claim() { return ring_.control().next_ticket.fetch_add(1); }
  void claim_many(int count) {
    for (int i = 0; i < count; ++i) claim();
  }
  void mark(std::uint64_t ticket) { slot(ticket).sequence.store(2 * ticket + 1); }
  void copy(std::uint64_t ticket, const Record& record) {
    const std::size_t words = (record.header.bytes + 7u) / 8u;
    slot(ticket).check = internal::keyed(internal::digest(&record, words), ticket);
    slot(ticket).record = record;
  }
  void commit(std::uint64_t ticket) { slot(ticket).sequence.store(2 * ticket + 2); }
  void write(std::uint64_t ticket, const Record& record) {
    mark(ticket);
    copy(ticket, record);
    commit(ticket);
  }

  RecordSlot& slot(std::uint64_t ticket) { return ring_.segment().record_slot(ticket); }
  void expect_all_accounted_for(const Reader& reader) {
    EXPECT_EQ(accounted(reader), reader.position().next);
    EXPECT_EQ(reader.position().next, ring_.control().next_ticket.load());
  }

  MemoryRing ring_;
};

TEST_F(ReaderTest, FindsNothingInAnEmptyRing) {
  Reader reader(ring_.segment());
  EXPECT_FALSE(reader.has_more());
  EXPECT_THAT(take_numbers(reader), IsEmpty());
  EXPECT_EQ(reader.counts().lost, 0u);
}

TEST_F(ReaderTest, DeliversRecordsInOrderAndOnce) {
  Reader reader(ring_.segment());
  publish_many(1, 5);
  EXPECT_TRUE(reader.has_more());
  EXPECT_THAT(take_numbers(reader), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_FALSE(reader.has_more());
  EXPECT_THAT(take_numbers(reader), IsEmpty());
  publish(6);
  EXPECT_THAT(take_numbers(reader), ElementsAre(6));
}

TEST_F(ReaderTest, StopsAtThePollsLimitAndGoesOnFromThere) {
  Reader reader(ring_.segment());
  publish_many(1, 5);
  EXPECT_EQ(reader.poll([](const Record&) {}, 3), 3u);
  EXPECT_THAT(take_numbers(reader), ElementsAre(4, 5));
}

TEST_F(ReaderTest, StartsAtTheOldestRecordAndCountsNothingBeforeItAsLost) {
  publish_many(1, 40);
  Reader reader(ring_.segment());
  EXPECT_EQ(take_numbers(reader), numbers_from_to(40 - kSlots + 1, 40));
  EXPECT_EQ(reader.counts().lost, 0u);
}

TEST_F(ReaderTest, CountsExactlyWhatWasOverwritten) {
  Reader reader(ring_.segment());
  for (const std::uint64_t burst : {16u, 17u, 31u, 32u, 33u, 100u}) {
    const std::uint64_t lost_before = reader.counts().lost;
    publish_many(1, burst);
    EXPECT_EQ(take_numbers(reader).size(), kSlots);
    EXPECT_EQ(reader.counts().lost - lost_before, burst - kSlots) << burst;
    expect_all_accounted_for(reader);
  }
}

TEST_F(ReaderTest, LeavesASlightDistanceToTheWritersAfterALapOfALargeRing) {
  MemoryRing large(Geometry{1024, 16});
  Reader reader(large.segment());
  Writer writer(large.segment());
  for (std::uint64_t number = 1; number <= 2000; ++number) {
    writer.publish(numbered_record(1, number));
  }
  const auto numbers = take_numbers(reader);
  EXPECT_EQ(numbers.size(), 1024u - 1024 / 64);
  EXPECT_EQ(numbers.back(), 2000u);
  EXPECT_EQ(accounted(reader), 2000u);
}

TEST_F(ReaderTest, ReadersDoNotDisturbEachOther) {
  Reader early(ring_.segment());
  publish_many(1, 3);
  EXPECT_THAT(take_numbers(early), ElementsAre(1, 2, 3));
  Reader late(ring_.segment());
  publish(4);
  EXPECT_THAT(take_numbers(late), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(take_numbers(early), ElementsAre(4));
}

TEST_F(ReaderTest, GoesPastAClaimedTicketAndComesBackForItOnceItIsCommitted) {
  Reader reader(ring_.segment());
  const std::uint64_t slow = claim();
  publish(1, 2);
  EXPECT_THAT(take_numbers(reader), ElementsAre(1));
  EXPECT_EQ(reader.position().hole_count, 1u);
  mark(slow);
  EXPECT_THAT(take_numbers(reader), IsEmpty());
  copy(slow, numbered_record(1, 77));
  commit(slow);
  EXPECT_THAT(take_numbers(reader), ElementsAre(77));
  EXPECT_EQ(reader.position().hole_count, 0u);
  expect_all_accounted_for(reader);
}

TEST_F(ReaderTest, DeliversAHoleBeforeLaterRecordsOfItsSession) {
  Reader reader(ring_.segment());
  const std::uint64_t slow = claim();
  publish(1, 2);
  EXPECT_THAT(take_numbers(reader), ElementsAre(1));
  write(slow, numbered_record(1, 10));
  publish_many(11, 13);
  EXPECT_THAT(take_numbers(reader), ElementsAre(10, 11, 12, 13));
}

TEST_F(ReaderTest, RemembersSeveralHolesAndDeliversThemInTheirOrder) {
  Reader reader(ring_.segment());
  const std::uint64_t first = claim();
  const std::uint64_t second = claim();
  publish(1, 2);
  const std::uint64_t third = claim();
  EXPECT_THAT(take_numbers(reader), ElementsAre(1));
  EXPECT_EQ(reader.position().hole_count, 3u);
  write(third, numbered_record(1, 13));
  write(first, numbered_record(1, 11));
  write(second, numbered_record(1, 12));
  EXPECT_THAT(take_numbers(reader), ElementsAre(11, 12, 13));
  expect_all_accounted_for(reader);
}

TEST_F(ReaderTest, WhoSpinsGoesPastAClaimedTicketAfterAKnownNumberOfLooks) {
  Reader reader(ring_.segment());
  claim();
  publish(1);
  Record record;
  std::uint32_t looks = 1;
  while (!reader.take(record) && looks < 2 * kLooksForEachOfThePosition) ++looks;
  EXPECT_EQ(looks, kLooksForEachOfThePosition);
  EXPECT_EQ(record.header.number, 1u);
  EXPECT_EQ(reader.position().hole_count, 1u);
}

TEST_F(ReaderTest, CountsAHoleThatWasOvertakenAsOneLoss) {
  Reader reader(ring_.segment());
  claim();
  publish_many(1, 3);
  EXPECT_THAT(take_numbers(reader), ElementsAre(1, 2, 3));
  publish_many(4, 3 + kSlots - 3);
  EXPECT_EQ(take_numbers(reader).size(), kSlots - 3);
  EXPECT_EQ(reader.counts().lost, 1u);
  EXPECT_EQ(reader.position().hole_count, 0u);
  expect_all_accounted_for(reader);
}

TEST_F(ReaderTest, TakesAMarkOfADeadWriterForAHoleUntilItIsOvertaken) {
  Reader reader(ring_.segment());
  mark(claim());
  publish(1);
  EXPECT_THAT(take_numbers(reader), ElementsAre(1));
  EXPECT_EQ(reader.position().hole_count, 1u);
  publish_many(2, kSlots);
  EXPECT_EQ(take_numbers(reader), numbers_from_to(2, kSlots));
  EXPECT_EQ(reader.counts().lost, 1u);
  expect_all_accounted_for(reader);
}

TEST_F(ReaderTest, GivesUpTheOldestOfMoreHolesThanItCanRemember) {
  MemoryRing large(Geometry{1024, 16});
  Reader reader(large.segment());
  constexpr std::uint64_t kExtra = 5;
  for (std::uint64_t i = 0; i < kMaxHoles + kExtra; ++i) large.control().next_ticket.fetch_add(1);
  Writer(large.segment()).publish(numbered_record(1, 1));
  EXPECT_THAT(take_numbers(reader), ElementsAre(1));
  EXPECT_EQ(reader.counts().lost, kExtra);
  EXPECT_EQ(reader.position().hole_count, kMaxHoles);
  EXPECT_EQ(reader.position().holes[0], kExtra);
  EXPECT_EQ(accounted(reader), kMaxHoles + kExtra + 1);
}

TEST_F(ReaderTest, LosesARecordThatIsBeingOverwritten) {
  Reader reader(ring_.segment());
  publish_many(1, kSlots);
  mark(claim());  // marks the slot that holds the first record
  EXPECT_EQ(take_numbers(reader), numbers_from_to(2, kSlots));
  EXPECT_EQ(reader.counts().lost, 1u);
  EXPECT_EQ(reader.position().hole_count, 1u);
  expect_all_accounted_for(reader);
}

TEST_F(ReaderTest, CountsARecordWhoseCheckDoesNotHoldAndGoesOn) {
  Reader reader(ring_.segment());
  publish_many(1, 3);
  slot(1).record.header.time_ns ^= 1;
  EXPECT_THAT(take_numbers(reader), ElementsAre(1, 3));
  EXPECT_EQ(reader.counts().corrupt, 1u);
  expect_all_accounted_for(reader);
}

TEST_F(ReaderTest, RefusesTheWholeRecordOfAnotherTicket) {
  Reader reader(ring_.segment());
  publish_many(1, 3);
  slot(2).check = slot(1).check;
  slot(2).record = slot(1).record;
  EXPECT_THAT(take_numbers(reader), ElementsAre(1, 2));
  EXPECT_EQ(reader.counts().corrupt, 1u);
}

TEST_F(ReaderTest, RefusesEveryImpossibleLengthEvenWithAFittingCheck) {
  for (const std::uint16_t bytes : {0, 1, 87, 88, 100, 241, 65535}) {
    ring_.format_anew();
    Reader reader(ring_.segment());
    Record record = numbered_record(1, 1);
    record.header.bytes = bytes;
    const std::uint64_t ticket = claim();
    slot(ticket).record = record;
    const std::size_t words = std::min<std::size_t>((bytes + 7u) / 8u, sizeof(Record) / 8);
    slot(ticket).check = internal::keyed(internal::digest(&record, words), ticket);
    commit(ticket);
    publish(2);
    EXPECT_THAT(take_numbers(reader), ElementsAre(2)) << bytes;
    EXPECT_EQ(reader.counts().corrupt, 1u) << bytes;
  }
}

TEST_F(ReaderTest, DeliversRecordsOfATypeThatItDoesNotKnow) {
  Reader reader(ring_.segment());
  Record record = numbered_record(1, 1);
  record.header.type = EventType{4242};
  record.header.bytes = kMaxRecordBytes;
  ASSERT_EQ(Writer(ring_.segment()).publish(record), Published::yes);
  EXPECT_THAT(take_numbers(reader), ElementsAre(1));
}

TEST_F(ReaderTest, CountsASlotFromTheFutureAsCorruptAndHidesNothingElse) {
  Reader reader(ring_.segment());
  publish_many(1, 3);
  slot(1).sequence.store(~std::uint64_t{0} - 1);
  EXPECT_THAT(take_numbers(reader), ElementsAre(1, 3));
  EXPECT_EQ(reader.counts().corrupt, 1u);
  expect_all_accounted_for(reader);
}

TEST_F(ReaderTest, JumpsToWhatIsLeftWhenAWholeLapWasClaimedAndNeverWritten) {
  Reader reader(ring_.segment());
  publish(1);
  claim_many(1000);
  publish(2);
  EXPECT_THAT(take_numbers(reader), ElementsAre(1, 2));
  EXPECT_EQ(reader.counts().lost, 1000 + 1 - kSlots);
  EXPECT_EQ(reader.position().hole_count, kSlots - 1);
  expect_all_accounted_for(reader);
}

TEST_F(ReaderTest, RefusesAPositionOfTheRingThatMakesNoSenseAndGoesOnWhenItDoesAgain) {
  for (const std::uint64_t hostile :
       {std::uint64_t{0}, std::uint64_t{1} << 40, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    ring_.format_anew();
    Reader reader(ring_.segment());
    publish_many(1, 5);
    EXPECT_EQ(take_numbers(reader).size(), 5u);
    ring_.control().next_ticket.store(hostile);
    take_numbers(reader);
    take_numbers(reader);
    EXPECT_GE(reader.counts().implausible, 1u) << hostile;
    ring_.control().next_ticket.store(5);
    take_numbers(reader);
    take_numbers(reader);
    publish_many(6, 7);
    const auto numbers = take_numbers(reader);
    ASSERT_GE(numbers.size(), 2u) << hostile;
    EXPECT_EQ(numbers[numbers.size() - 2], 6u) << hostile;
    EXPECT_EQ(numbers.back(), 7u) << hostile;
  }
}

TEST_F(ReaderTest, FollowsWritersThatGoOnFromAHostilePosition) {
  for (const std::uint64_t hostile :
       {std::uint64_t{100}, std::uint64_t{1} << 35, std::uint64_t{1} << 62}) {
    ring_.format_anew();
    Reader reader(ring_.segment());
    publish(1);
    EXPECT_THAT(take_numbers(reader), ElementsAre(1));
    ring_.control().next_ticket.store(hostile);
    take_numbers(reader);
    publish_many(2, 30);
    take_numbers(reader);
    publish_many(31, 33);
    const auto numbers = take_numbers(reader);
    ASSERT_FALSE(numbers.empty()) << hostile;
    EXPECT_EQ(numbers.back(), 33u) << hostile;
  }
}

TEST_F(ReaderTest, ResumesWhereAnotherReaderStood) {
  Reader first(ring_.segment());
  const std::uint64_t slow = claim();
  publish_many(1, 3);
  take_numbers(first);
  const ReaderPosition position = first.position();
  write(slow, numbered_record(1, 77));
  publish(4);

  Reader second(ring_.segment());
  ASSERT_TRUE(second.resume(position));
  EXPECT_THAT(take_numbers(second), ElementsAre(77, 4));
  EXPECT_EQ(second.counts().lost, 0u);
}

TEST_F(ReaderTest, CountsWhatWasOverwrittenWhileNobodyRead) {
  Reader first(ring_.segment());
  publish_many(1, 3);
  take_numbers(first);
  publish_many(4, 40);
  Reader second(ring_.segment());
  ASSERT_TRUE(second.resume(first.position()));
  EXPECT_EQ(take_numbers(second), numbers_from_to(40 - kSlots + 1, 40));
  EXPECT_EQ(second.counts().lost, 40 - 3 - kSlots);
}

TEST_F(ReaderTest, StartsAnewFromAPositionInAnotherFile) {
  publish_many(1, 3);
  ReaderPosition position;
  position.epoch = ring_.segment().epoch() + 1;
  position.next = 2;
  Reader reader(ring_.segment());
  EXPECT_FALSE(reader.resume(position));
  EXPECT_THAT(take_numbers(reader), ElementsAre(1, 2, 3));
}

TEST_F(ReaderTest, StartsAnewFromAPositionInTheFuture) {
  publish_many(1, 3);
  ReaderPosition position;
  position.epoch = ring_.segment().epoch();
  position.next = 4;
  Reader reader(ring_.segment());
  EXPECT_FALSE(reader.resume(position));
  EXPECT_THAT(take_numbers(reader), ElementsAre(1, 2, 3));
}

TEST_F(ReaderTest, StartsAnewFromAPositionWhoseHolesMakeNoSense) {
  publish_many(1, 5);
  ReaderPosition position;
  position.epoch = ring_.segment().epoch();
  position.next = 3;
  position.hole_count = kMaxHoles + 1;
  Reader reader(ring_.segment());
  EXPECT_FALSE(reader.resume(position)) << "too many";
  position.hole_count = 2;
  position.holes = {2, 1};
  EXPECT_FALSE(reader.resume(position)) << "descending";
  position.holes = {1, 1};
  EXPECT_FALSE(reader.resume(position)) << "one twice";
  position.holes = {1, 3};
  EXPECT_FALSE(reader.resume(position)) << "not yet looked at";
  position.holes = {1, 2};
  EXPECT_TRUE(reader.resume(position));
  EXPECT_THAT(take_numbers(reader), ElementsAre(2, 3, 4, 5));
}

}  // namespace
}  // namespace pppol2tp::ring::test
