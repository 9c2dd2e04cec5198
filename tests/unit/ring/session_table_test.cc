#include "plugin/ring/session_table.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "tests/unit/ring/memory_ring.h"

namespace pppol2tp::ring::test {
namespace {

constexpr std::uint32_t kSlots = kTinyGeometry.session_slots;

// All of it depends on two numbers, so that a mixture shows.
SessionState state_of(std::uint32_t session, std::uint64_t records) {
  SessionState state{};
  state.records = records;
  state.updated_ns = records;
  state.identity.session_id = session;
  state.counters.receive_bytes = records * 3 + session;
  state.end.ended_ns = records * 7 + session;
  return state;
}

bool is_intact(const SessionState& state) {
  const SessionState expected = state_of(state.identity.session_id, state.records);
  return std::memcmp(&state, &expected, sizeof state) == 0;
}

TEST(SessionTable, ShowsNothingOfASlotThatWasNeverUsed) {
  MemoryRing ring;
  SessionState state;
  const SlotReading reading = read_session(ring.segment(), 3, state);
  EXPECT_EQ(reading.owner, OwnerState::none);
  EXPECT_EQ(reading.generation, 0u);
  EXPECT_FALSE(reading.has_state);
}

TEST(SessionTable, ShowsTheNewestState) {
  MemoryRing ring;
  SessionClaim claim;
  ASSERT_TRUE(claim.claim(ring.segment()));
  for (std::uint64_t records = 1; records <= 5; ++records) {
    claim.write(state_of(9, records));
    SessionState state;
    const SlotReading reading = read_session(ring.segment(), claim.slot(), state);
    EXPECT_EQ(reading.owner, OwnerState::lives);
    EXPECT_EQ(reading.generation, 1u);
    ASSERT_TRUE(reading.has_state);
    EXPECT_EQ(state.records, records);
    EXPECT_TRUE(is_intact(state));
  }
  claim.release();
}

TEST(SessionTable, KeepsTheLastStateReadableAfterItsOwnerGaveItBack) {
  MemoryRing ring;
  SessionClaim claim;
  ASSERT_TRUE(claim.claim(ring.segment()));
  claim.write(state_of(9, 1));
  const std::uint32_t slot = claim.slot();
  claim.release();
  EXPECT_FALSE(claim.is_held());
  SessionState state;
  const SlotReading reading = read_session(ring.segment(), slot, state);
  EXPECT_EQ(reading.owner, OwnerState::none);
  ASSERT_TRUE(reading.has_state);
  EXPECT_EQ(state.identity.session_id, 9u);
}

TEST(SessionTable, GivesEachSessionASlotOfItsOwnAndTakesFreedOnesInTurn) {
  MemoryRing ring;
  std::set<std::uint32_t> slots;
  for (std::uint32_t i = 0; i < kSlots; ++i) {
    SessionClaim claim;
    ASSERT_TRUE(claim.claim(ring.segment()));
    EXPECT_EQ(claim.generation(), 1u);
    EXPECT_TRUE(slots.insert(claim.slot()).second);
    claim.release();
  }
  SessionClaim again;
  ASSERT_TRUE(again.claim(ring.segment()));
  EXPECT_EQ(again.generation(), 2u);
  again.release();
}

TEST(SessionTable, CountsSessionsThatFindNoSlot) {
  MemoryRing ring;
  std::vector<SessionClaim> claims(kSlots);
  for (SessionClaim& claim : claims) ASSERT_TRUE(claim.claim(ring.segment()));
  SessionClaim late;
  EXPECT_FALSE(late.claim(ring.segment()));
  EXPECT_FALSE(late.is_held());
  EXPECT_EQ(ring.control().table_full.load(), 1u);
  late.write(state_of(1, 1));  // nothing to write to
  late.release();

  claims[5].release();
  ASSERT_TRUE(late.claim(ring.segment()));
  EXPECT_EQ(late.generation(), 2u);
  late.release();
  for (SessionClaim& claim : claims) claim.release();
}

TEST(SessionTable, NeverShowsTheLastUsersStateAsTheNewOnes) {
  MemoryRing ring;
  SessionClaim first;
  ASSERT_TRUE(first.claim(ring.segment()));
  first.write(state_of(1, 5));
  first.release();
  ring.control().table_cursor.store(first.slot());
  SessionClaim second;
  ASSERT_TRUE(second.claim(ring.segment()));
  ASSERT_EQ(second.slot(), first.slot());
  SessionState state;
  const SlotReading reading = read_session(ring.segment(), second.slot(), state);
  EXPECT_EQ(reading.generation, 2u);
  EXPECT_FALSE(reading.has_state);
  second.release();
}

TEST(SessionTable, ShowsTheOlderStateWholeWhenItsWriterStoppedInTheMiddle) {
  MemoryRing ring;
  SessionClaim claim;
  ASSERT_TRUE(claim.claim(ring.segment()));
  claim.write(state_of(9, 1));
  SessionSlot& slot = ring.segment().session_slot(claim.slot());
  const std::uint32_t next = slot.version.load() + 1;
  std::memset(static_cast<void*>(slot.copies[next % 2]), 0xee, sizeof(SessionState) / 2);
  SessionState state;
  ASSERT_TRUE(read_session(ring.segment(), claim.slot(), state).has_state);
  EXPECT_TRUE(is_intact(state));
  claim.release();
}

constexpr StateRange kCounters = {offsetof(SessionState, counters), offsetof(SessionState, end)};
constexpr StateRange kLink = {offsetof(SessionState, link), offsetof(SessionState, accm)};

// Each of the two copies lacks what was written into the other one.
TEST(SessionTable, ShowsAllThatHasChangedWhicheverOfItsCopiesIsRead) {
  MemoryRing ring;
  SessionClaim claim;
  ASSERT_TRUE(claim.claim(ring.segment()));
  SessionState said{};
  const auto shows_all = [&] {
    SessionState state;
    return read_session(ring.segment(), claim.slot(), state).has_state &&
           std::memcmp(&state, &said, sizeof said) == 0;
  };
  said.opened.debug_mask = 3;
  for (std::uint32_t i = 1; i <= 6; ++i) {
    said.records = i;
    said.identity.pid = i;
    const bool is_link = i % 3 == 0;
    (is_link ? said.link.up_ns : said.counters.read_ns) = i;
    claim.write(said, is_link ? kLink : kCounters);
    EXPECT_TRUE(shows_all()) << i;
  }
  claim.release();
}

TEST(SessionTable, LeavesAloneWhatIsSaidNotToHaveChanged) {
  MemoryRing ring;
  SessionClaim claim;
  ASSERT_TRUE(claim.claim(ring.segment()));
  SessionState said{};
  said.records = 1;
  claim.write(said);
  claim.write(said, kCounters);
  said.opened.debug_mask = 3;
  claim.write(said, kCounters);
  SessionState state;
  ASSERT_TRUE(read_session(ring.segment(), claim.slot(), state).has_state);
  EXPECT_EQ(state.opened.debug_mask, 0u);
  claim.release();
}

// The copy that readers take at present.
StateCopy& copy_of(MemoryRing& ring, const SessionClaim& claim) {
  SessionSlot& slot = ring.segment().session_slot(claim.slot());
  return *reinterpret_cast<StateCopy*>(slot.copies[slot.version.load() % 2]);
}

TEST(SessionTable, OfAnOlderWriterHasTheSectionsThatItKnewAndNothingBehindThem) {
  MemoryRing ring;
  SessionClaim claim;
  ASSERT_TRUE(claim.claim(ring.segment()));
  SessionState said = state_of(9, 4);
  said.end.exit_status = 17;  // left by a newer writer that had the slot before
  claim.write(said);
  copy_of(ring, claim).bytes = offsetof(SessionState, end);
  SessionState state;
  ASSERT_TRUE(read_session(ring.segment(), claim.slot(), state).has_state);
  said.end = {};
  EXPECT_EQ(std::memcmp(&state, &said, offsetof(SessionState, end) + sizeof said.end), 0);
  claim.release();
}

TEST(SessionTable, OfANewerWriterHasTheSectionsThatThisReaderKnows) {
  MemoryRing ring;
  SessionClaim claim;
  ASSERT_TRUE(claim.claim(ring.segment()));
  claim.write(state_of(9, 4));
  StateCopy& copy = copy_of(ring, claim);
  constexpr std::size_t kRoom = kStateCopyBytes - sizeof(StateCopy);
  static_assert(kRoom > 0);
  copy.bytes += kRoom;
  std::memset(reinterpret_cast<std::byte*>(&copy + 1), 0xee, kRoom);
  SessionState state;
  ASSERT_TRUE(read_session(ring.segment(), claim.slot(), state).has_state);
  EXPECT_TRUE(is_intact(state));
  claim.release();
}

TEST(SessionTable, ShowsNoStateThatSaysItIsLargerThanItsPlace) {
  MemoryRing ring;
  SessionClaim claim;
  ASSERT_TRUE(claim.claim(ring.segment()));
  claim.write(state_of(9, 4));
  for (const std::uint64_t bytes : {std::uint64_t{kStateCopyBytes - 7}, ~std::uint64_t{0}}) {
    copy_of(ring, claim).bytes = bytes;
    SessionState state;
    EXPECT_FALSE(read_session(ring.segment(), claim.slot(), state).has_state) << bytes;
  }
  claim.release();
}

TEST(SessionTable, IsUsableWhateverTheCursorSays) {
  MemoryRing ring;
  ring.control().table_cursor.store(~std::uint64_t{0});
  for (int i = 0; i < 3; ++i) {
    SessionClaim claim;
    ASSERT_TRUE(claim.claim(ring.segment()));
    EXPECT_LT(claim.slot(), kSlots);
    claim.release();
  }
}

TEST(SessionTable, AnOwnerThatVanishedIsSeenToHaveDiedAndItsSlotCanBeTaken) {
  MemoryRing ring;
  std::uint32_t slot = 0;
  std::thread([&] {
    SessionClaim claim;
    ASSERT_TRUE(claim.claim(ring.segment()));
    claim.write(state_of(9, 1));
    slot = claim.slot();
  }).join();  // for the kernel's robust list, a thread's end is like a process' end
  EXPECT_EQ(owner_state(ring.segment(), slot), OwnerState::died);
  ring.control().table_cursor.store(slot);
  SessionClaim next;
  ASSERT_TRUE(next.claim(ring.segment()));
  EXPECT_EQ(next.slot(), slot);
  EXPECT_EQ(next.generation(), 2u);
  EXPECT_EQ(owner_state(ring.segment(), slot), OwnerState::lives);
  next.release();
  EXPECT_EQ(owner_state(ring.segment(), slot), OwnerState::none);
}

TEST(SessionTable, ReadersSeeWholeStatesOfTheGenerationThatTheyAreToldWhileSlotsChangeHands) {
  MemoryRing ring(Geometry{16, 1});
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (std::uint32_t generation = 1; generation <= 3000; ++generation) {
      SessionClaim claim;
      ASSERT_TRUE(claim.claim(ring.segment()));
      for (std::uint64_t records = 1; records <= 20; ++records) {
        claim.write(state_of(claim.generation(), records));
      }
      claim.release();
    }
    stop = true;
  });
  std::uint64_t last_generation = 0;
  std::uint64_t last_records = 0;
  std::uint64_t readings = 0;
  while (!stop) {
    SessionState state;
    const SlotReading reading = read_session(ring.segment(), 0, state);
    if (!reading.has_state) continue;
    ++readings;
    EXPECT_TRUE(is_intact(state));
    EXPECT_EQ(state.identity.session_id, reading.generation);
    EXPECT_GE(reading.generation, last_generation);
    if (reading.generation == last_generation) {
      EXPECT_GE(state.records, last_records);
    }
    last_generation = reading.generation;
    last_records = state.records;
  }
  writer.join();
  SessionState state;
  EXPECT_TRUE(read_session(ring.segment(), 0, state).has_state);
  EXPECT_EQ(state.identity.session_id, 3000u);
  RecordProperty("readings", static_cast<int>(readings));
}

}  // namespace
}  // namespace pppol2tp::ring::test
