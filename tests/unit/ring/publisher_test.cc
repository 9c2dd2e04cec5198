#include "plugin/ring/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <ctime>

#include "tests/unit/ring/publisher_fixture.h"

namespace pppol2tp::ring::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(PublisherTest, SaysEachEventOnceWithConsecutiveNumbers) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  attach_reader();
  publish_all(publisher);
  const auto all = records();
  ASSERT_EQ(all.size(), std::size(kAll));
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].header.type, kAll[i]);
    EXPECT_EQ(all[i].header.number, i + 1);
    EXPECT_EQ(all[i].header.identity, publisher.state().identity);
    EXPECT_EQ(all[i].header.identity.session_id, 9u);
    EXPECT_GT(all[i].header.time_ns, 0u);
  }
}

TEST_F(PublisherTest, RecordsPutTogetherAreTheStateAndSoIsTheTable) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  attach_reader();
  publish_all(publisher);
  SessionState put_together{};
  const auto all = records();
  ASSERT_FALSE(all.empty());
  for (const Record& record : all) {
    ASSERT_TRUE(apply_body(record, put_together));
    put_together.identity = record.header.identity;
    put_together.records = record.header.number;
    put_together.updated_ns = record.header.time_ns;
  }
  EXPECT_EQ(std::memcmp(&put_together, &publisher.state(), sizeof put_together), 0);
  const SessionState table = table_state(all.back());
  EXPECT_EQ(std::memcmp(&table, &publisher.state(), sizeof table), 0);
}

TEST_F(PublisherTest, CountersAndEchosThatAreToldTogetherAreStillARecordEach) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  attach_reader();
  publisher.publish(opened());
  EchoSection echo{};
  echo.updated_ns = 31;
  echo.replies = 5;
  publisher.publish(counters(7), echo);
  const auto all = records();
  ASSERT_EQ(all.size(), 3u);
  SessionState put_together{};
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].header.number, i + 1);
    ASSERT_TRUE(apply_body(all[i], put_together));
  }
  EXPECT_EQ(put_together.counters.receive_bytes, 7u);
  EXPECT_EQ(put_together.echo.replies, 5u);
  const SessionState table = table_state(all.back());
  EXPECT_EQ(table.records, 3u);
  EXPECT_EQ(table.counters.receive_bytes, 7u);
  EXPECT_EQ(table.echo.replies, 5u);
}

// A writer that decides to wake sets the token to its clock, which is always far from 2.
TEST_F(PublisherTest, WakesAReaderForEventsAndNotForStatistics) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  Segment writing;
  ASSERT_EQ(writing.open_for_writing(directory_.ring().c_str()), SegmentStatus::attached);
  std::atomic<std::uint32_t>& token = writing.control().wake_token;
  constexpr std::uint32_t kUntouched = 2;
  const auto wakes_for = [&](auto&&... sections) {
    token = kUntouched;
    publisher.publish(sections...);
    return token != kUntouched;
  };
  EXPECT_FALSE(wakes_for(counters(1)));
  EXPECT_FALSE(wakes_for(EchoSection{}));
  EXPECT_FALSE(wakes_for(counters(2), EchoSection{}));
  EXPECT_TRUE(wakes_for(phase(Phase::running)));
  EXPECT_TRUE(wakes_for(link()));
  EXPECT_TRUE(wakes_for(end()));
}

TEST_F(PublisherTest, ManySpeakThroughOneSegmentOfTheirProgram) {
  Segment shared;
  ASSERT_EQ(shared.open_for_writing(directory_.ring().c_str(), &kGeometry),
            SegmentStatus::attached);
  attach_reader();
  Publisher one;
  Publisher other;
  SessionIdentity identity{};
  identity.session_id = 1;
  one.open_in(shared, identity);
  identity.session_id = 2;
  other.open_in(shared, identity);

  one.publish(phase(Phase::running));
  other.publish(phase(Phase::establish));
  one.publish(end());
  EXPECT_TRUE(shared.is_open()) << "one session's end leaves the file to the others";
  other.publish(counters(7));

  const auto all = records();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_NE(all[0].header.slot, all[1].header.slot);
  EXPECT_EQ(owner_state(segment_, all[0].header.slot), OwnerState::none);
  EXPECT_EQ(owner_state(segment_, all[1].header.slot), OwnerState::lives);
  EXPECT_EQ(table_state(all[3]).counters.receive_bytes, 7u);
}

TEST_F(PublisherTest, WritesTheTableBeforeTheRecord) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  attach_reader();
  // A reader that has seen record n finds n or more in the table. Here the record is not even
  // published, because the next ticket is near the maximum, and all the ring's slots are in the
  // future.
  publisher.publish(opened());
  const auto first = records();
  ASSERT_EQ(first.size(), 1u);
  Segment hostile;
  ASSERT_EQ(hostile.open_for_writing(directory_.ring().c_str()), SegmentStatus::attached);
  for (std::uint64_t i = 0; i < kGeometry.record_slots; ++i) {
    hostile.record_slot(i).sequence.store(~std::uint64_t{0});
  }
  hostile.control().next_ticket.store(~std::uint64_t{0} - kGeometry.record_slots / 4);
  publisher.publish(link());
  EXPECT_EQ(hostile.control().records_dropped.load(), 1u);
  EXPECT_EQ(table_state(first[0]).link.up_ns, 13u);
  EXPECT_EQ(table_state(first[0]).records, 2u);
}

TEST_F(PublisherTest, ChoosesAnInstanceForEachSession) {
  Publisher one;
  Publisher other;
  ASSERT_EQ(open(one), SegmentStatus::attached);
  ASSERT_EQ(open(other), SegmentStatus::attached);
  EXPECT_NE(one.identity().instance, other.identity().instance);
}

TEST_F(PublisherTest, TakesAChangedIdentityAlongWithTheNextEvent) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  attach_reader();
  std::strcpy(publisher.identity().ifname, "ppp7");
  publisher.publish(phase(Phase::establish));
  const auto all = records();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_STREQ(all[0].header.identity.ifname, "ppp7");
  EXPECT_STREQ(table_state(all[0]).identity.ifname, "ppp7");
}

TEST_F(PublisherTest, KeepsTheStateWithoutARingAndSaysAllOnceThereIsOne) {
  Publisher publisher;
  ASSERT_EQ(chmod(directory_.path().c_str(), 0777), 0);
  EXPECT_EQ(open(publisher), SegmentStatus::wrong_mode);
  publish_all(publisher);
  EXPECT_EQ(publisher.tick(), SegmentStatus::wrong_mode);
  EXPECT_EQ(publisher.state().counters.receive_bytes, 1000u);
  EXPECT_EQ(publisher.state().records, 0u);

  ASSERT_EQ(chmod(directory_.path().c_str(), 0755), 0);
  EXPECT_EQ(publisher.tick(), SegmentStatus::attached);
  EXPECT_EQ(publisher.status(), SegmentStatus::attached);
  attach_reader();
  const auto all = records();
  ASSERT_EQ(all.size(), std::size(kAll));
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].header.type, kAll[i]);
    EXPECT_EQ(all[i].header.number, i + 1) << "nothing was lost, so nothing may look it";
  }
  publisher.tick();
  EXPECT_THAT(records(), IsEmpty()) << "once is enough";
}

TEST_F(PublisherTest, SaysOnlyWhatIsKnownWhenItAttachesLate) {
  Publisher publisher;
  ASSERT_EQ(chmod(directory_.path().c_str(), 0777), 0);
  EXPECT_EQ(open(publisher), SegmentStatus::wrong_mode);
  publisher.publish(opened());
  publisher.publish(phase(Phase::establish));
  ASSERT_EQ(chmod(directory_.path().c_str(), 0755), 0);
  ASSERT_EQ(publisher.tick(), SegmentStatus::attached);
  attach_reader();
  EXPECT_THAT(types(), ElementsAre(EventType::opened, EventType::phase_changed));
}

TEST_F(PublisherTest, MovesToTheNewFileAndSaysAllThere) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  publish_all(publisher);
  attach_reader();
  const auto last_of_old = records().back();
  ASSERT_EQ(unlink(directory_.ring().c_str()), 0);
  EXPECT_EQ(publisher.tick(), SegmentStatus::attached);
  EXPECT_EQ(owner_state(segment_, last_of_old.header.slot), OwnerState::none) << "given back";
  attach_reader();
  const auto all = records();
  ASSERT_EQ(all.size(), std::size(kAll));
  EXPECT_EQ(all[0].header.number, last_of_old.header.number + 1);
  EXPECT_EQ(all[0].header.identity, last_of_old.header.identity);
  EXPECT_EQ(table_state(all[0]).counters.receive_bytes, 1000u);
}

TEST_F(PublisherTest, SaysTheLastWordAndGivesItsSlotBack) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  attach_reader();
  publisher.publish(opened());
  publisher.publish(end());
  const auto all = records();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].header.type, EventType::ended);
  EXPECT_EQ(owner_state(segment_, all[1].header.slot), OwnerState::none);
  EXPECT_EQ(table_state(all[1]).end.cause, Cause::peer_request);

  publisher.publish(counters(1));
  publisher.publish(end());
  publisher.tick();
  EXPECT_THAT(records(), IsEmpty()) << "after the last word there is none";
}

TEST_F(PublisherTest, SaysTheLastWordInTheNewFile) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  publisher.publish(opened());
  ASSERT_EQ(unlink(directory_.ring().c_str()), 0);
  publisher.publish(end());
  attach_reader();
  EXPECT_THAT(types(), ElementsAre(EventType::opened, EventType::ended));
}

TEST_F(PublisherTest, GivesItsSlotBackWhenItIsDestroyedWithoutALastWord) {
  std::uint32_t slot = 0;
  {
    Publisher publisher;
    ASSERT_EQ(open(publisher), SegmentStatus::attached);
    attach_reader();
    publisher.publish(opened());
    slot = records().at(0).header.slot;
    EXPECT_EQ(owner_state(segment_, slot), OwnerState::lives);
  }
  EXPECT_EQ(owner_state(segment_, slot), OwnerState::none);
}

TEST_F(PublisherTest, PublishesWithoutASlotWhenTheTableIsFull) {
  constexpr Geometry kNarrow{16, 1};
  Publisher first;
  Publisher second;
  ASSERT_EQ(first.open(directory_.ring().c_str(), {}, &kNarrow), SegmentStatus::attached);
  ASSERT_EQ(second.open(directory_.ring().c_str(), {}, &kNarrow), SegmentStatus::attached);
  attach_reader();
  first.publish(opened());
  second.publish(opened());
  const auto all = records();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].header.has_slot, 1);
  EXPECT_EQ(all[1].header.has_slot, 0);
  EXPECT_EQ(segment_.control().table_full.load(), 1u);
}

TEST_F(PublisherTest, RefusesAPathThatItCannotKeep) {
  Publisher publisher;
  const std::string path = directory_.path() + "/" + std::string(100, 'r');
  ASSERT_GE(path.size(), 108u);
  errno = 0;
  EXPECT_EQ(publisher.open(path.c_str(), {}, &kGeometry), SegmentStatus::system_error);
  EXPECT_EQ(errno, ENAMETOOLONG);
  publisher.publish(opened());
  EXPECT_EQ(publisher.tick(), SegmentStatus::system_error);
  EXPECT_THAT(directory_.names(), IsEmpty());
}

TEST_F(PublisherTest, TimesAreOfTheClockThatGoesOnWhileTheHostSleeps) {
  timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  const auto before = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
                      static_cast<std::uint64_t>(now.tv_nsec);
  EXPECT_GE(now_ns(), before);
  EXPECT_LT(now_ns() - before, 60'000'000'000u);
}

}  // namespace
}  // namespace pppol2tp::ring::test
