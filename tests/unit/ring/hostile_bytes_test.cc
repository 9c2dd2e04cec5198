// A reader on a ring whose bytes change at random. It must stay within the bytes, return from every
// call, deliver nothing that fails its check, and go on once writers have repaired the ring.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "plugin/ring/session_table.h"
#include "tests/unit/ring/memory_ring.h"

namespace pppol2tp::ring::test {
namespace {

using Random = std::mt19937_64;

// Values at which arithmetic goes wrong, and any others.
std::uint64_t hostile_word(Random& random) {
  switch (random() % 6) {
    case 0:
      return 0;
    case 1:
      return ~std::uint64_t{0} - random() % 4;
    case 2:
      return random() % 64;
    case 3:
      return std::uint64_t{1} << random() % 64;
    case 4:
      return (std::uint64_t{1} << 63) - 8 + random() % 16;
    default:
      return random();
  }
}

std::size_t hostile_offset(Random& random, Geometry geometry) {
  const std::size_t records = geometry.record_slots * sizeof(RecordSlot);
  const std::size_t sessions = geometry.session_slots * kSessionStride;
  switch (random() % 4) {
    case 0:
      return kControlOffset + random() % sizeof(Control);
    case 1:  // a record's sequence, check or header
      return kRecordsOffset + random() % geometry.record_slots * sizeof(RecordSlot) +
             random() % 104;
    case 2:
      return kRecordsOffset + random() % records;
    default:
      return kRecordsOffset + records + random() % sessions;
  }
}

void scribble(MemoryRing& ring, Random& random) {
  const std::uint64_t word = hostile_word(random);
  std::size_t offset = hostile_offset(random, ring.segment().geometry()) / 8 * 8;
  std::memcpy(ring.at(offset), &word, sizeof word);
}

void read_everything(MemoryRing& ring, Reader& reader) {
  const std::uint32_t slots = ring.segment().geometry().record_slots;
  const std::size_t taken = reader.poll(
      [](const Record& record) {
        ASSERT_TRUE(is_well_formed(record));
        SessionState state{};
        apply_body(record, state);
      },
      slots);
  EXPECT_LE(taken, slots);
  EXPECT_LE(reader.position().hole_count, kMaxHoles);
  SessionState state;
  for (std::uint32_t slot = 0; slot < ring.segment().geometry().session_slots; ++slot) {
    read_session(ring.segment(), slot, state);
    owner_state(ring.segment(), slot);
  }
}

// After the writers went once around, a reader gets everything that they write again.
void expect_recovery(MemoryRing& ring, Reader& reader, std::uint64_t first) {
  ring.control().next_ticket.store(first);
  for (std::uint64_t i = 0; i < ring.segment().geometry().record_slots; ++i) {
    ring.segment().record_slot(i).sequence.store(0);
  }
  Writer writer(ring.segment());
  for (std::uint64_t number = 1; number <= 3; ++number) {
    take_numbers(reader);
    ASSERT_EQ(writer.publish(numbered_record(5, number)), Published::yes);
  }
  take_numbers(reader);
  const ReaderCounts before = reader.counts();
  const std::uint32_t old_holes = reader.position().hole_count;
  for (std::uint64_t number = 4; number <= 13; ++number) {
    ASSERT_EQ(writer.publish(numbered_record(5, number)), Published::yes);
    Record record;
    ASSERT_TRUE(reader.take(record));
    ASSERT_EQ(record.header.number, number);
    ASSERT_TRUE(is_intact(record));
  }
  EXPECT_EQ(reader.counts().corrupt, before.corrupt);
  EXPECT_EQ(reader.counts().lost + reader.position().hole_count, before.lost + old_holes);
}

TEST(HostileBytes, NeverStopAReaderForGood) {
  Random random(20);
  MemoryRing ring;
  for (int round = 0; round < 3000; ++round) {
    SCOPED_TRACE(round);
    ring.format_anew();
    ring.control().next_ticket.store(random() % 1000);
    Reader reader(ring.segment());
    Writer writer(ring.segment(), round % 2 == 0 ? WritePath::fastest : WritePath::portable);
    for (int step = 0; step < 40; ++step) {
      if (random() % 4 != 0) writer.publish(numbered_record(1, step + 1));
      if (random() % 3 == 0) scribble(ring, random);
      if (random() % 2 == 0) read_everything(ring, reader);
    }
    read_everything(ring, reader);
    expect_recovery(ring, reader, random() % 100'000);
    if (testing::Test::HasFailure()) break;
  }
}

TEST(HostileBytes, DoNotGetRecordsAcceptedThatNobodyWrote) {
  Random random(21);
  MemoryRing ring;
  std::uint64_t number = 0;
  Reader reader(ring.segment());
  Writer writer(ring.segment());
  std::uint64_t delivered = 0;
  for (int round = 0; round < 100'000; ++round) {
    writer.publish(numbered_record(1, ++number));
    if (random() % 2 == 0) {
      // Not the header's words of the ring: these records are to be looked at.
      const std::size_t slot = random() % ring.segment().geometry().record_slots;
      const std::size_t word = 1 + random() % (sizeof(RecordSlot) / 8 - 1);
      const std::uint64_t value = hostile_word(random);
      std::memcpy(ring.at(kRecordsOffset + slot * sizeof(RecordSlot) + word * 8), &value, 8);
    }
    reader.poll(
        [&](const Record& record) {
          ++delivered;
          EXPECT_TRUE(is_intact(record));
        },
        SIZE_MAX);
  }
  EXPECT_EQ(accounted(reader), reader.position().next);
  EXPECT_GT(delivered, 90'000u);
  EXPECT_GT(reader.counts().corrupt, 100u);
}

TEST(HostileBytes, InTheHeaderAreRefusedOrHarmless) {
  Random random(22);
  MemoryRing ring;
  for (int round = 0; round < 3'000; ++round) {
    ring.format_anew();
    for (std::uint64_t changes = 1 + random() % 3; changes != 0; --changes) {
      const std::uint64_t word = hostile_word(random);
      std::memcpy(ring.at(random() % (sizeof(Info) / 4) * 4), &word, 4);
    }
    Segment segment;
    if (segment.open_over(ring.bytes(), ring.size()) != SegmentStatus::attached) continue;
    EXPECT_LE(Segment::file_bytes(segment.geometry()), ring.size());
    Reader reader(segment);
    Writer(segment).publish(numbered_record(1, 1));
    EXPECT_EQ(take_numbers(reader).size(), 1u);
  }
}

}  // namespace
}  // namespace pppol2tp::ring::test
