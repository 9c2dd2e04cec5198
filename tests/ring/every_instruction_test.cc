// A writer is halted after each instruction of publish(), one after another. There it is killed, or
// goes on after others have filled the ring several times over.
//
// A restartable sequence cannot be stepped through: each halt interrupts it, and the kernel
// restarts it. It gives no protection against being killed, so for that the kernel is told to
// forget about the sequence. For going on, a breakpoint halts the writer before each of its
// instructions in turn.
#include <gtest/gtest.h>
#include <sched.h>

#include <set>
#include <string>

#include "tests/ring/traced_writer.h"
#include "tests/unit/ring/memory_ring.h"
#include "tests/unit/ring/sleeper.h"

namespace pppol2tp::ring::test {
namespace {

constexpr std::uint64_t kSlots = kTinyGeometry.record_slots;
constexpr std::uint32_t kVictim = 2;
constexpr std::uint32_t kOther = 3;
constexpr std::uint64_t kVictimsNumber = 1000;

using Sequences = TracedWriter::Sequences;

// Avoids switches between processors: a hundred thousand steps take seconds, not minutes.
class OnOneProcessor {
 public:
  OnOneProcessor() {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(sched_getcpu()), &one);
    sched_setaffinity(0, sizeof one, &one);
  }
  ~OnOneProcessor() { sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_;
};

// What a reader gets of the victim's record and the others'.
class Scene {
 public:
  Scene() {
    // What happens once per process must happen before the victims are forked.
    for (const WritePath path : {WritePath::fastest, WritePath::portable}) {
      Writer(ring.segment(), path).publish(numbered_record(1, 1));
    }
    reset();
  }

  void reset() {
    ring.format_anew();
    reader = Reader(ring.segment());
    delivered = 0;
    of_victim = 0;
    last = 0;
    published = 0;
    is_sound = true;
  }

  void publish(std::uint64_t count) {
    for (; count != 0; --count) {
      Writer(ring.segment()).publish(numbered_record(kOther, ++published));
    }
  }
  void publish_and_read(std::uint64_t count) {
    for (; count != 0; --count) {
      publish(1);
      read();
    }
  }
  void read() {
    reader.poll([this](const Record& record) { hear(record); }, SIZE_MAX);
  }

  void expect_exact_tickets() const {
    EXPECT_TRUE(is_sound) << "a record was torn, out of order, or handed out twice";
    EXPECT_EQ(accounted(reader), reader.position().next);
    EXPECT_EQ(reader.position().next, ring.control().next_ticket.load());
    EXPECT_EQ(reader.counts().implausible, 0u);
  }

  mutable MemoryRing ring;
  Reader reader{ring.segment()};
  std::uint64_t published = 0;  // by the other writers
  std::uint64_t delivered = 0;  // of these
  std::uint64_t of_victim = 0;
  bool is_sound = true;

 private:
  void hear(const Record& record) {
    if (!is_intact(record)) {
      is_sound = false;
    } else if (record.header.identity.session_id == kVictim) {
      is_sound = is_sound && record.header.number == kVictimsNumber && ++of_victim == 1;
    } else {
      is_sound = is_sound && record.header.number > last;
      last = record.header.number;
      ++delivered;
    }
  }

  std::uint64_t last = 0;
};

class EveryInstruction : public testing::Test {
 protected:
  TracedWriter victim(WritePath path, Sequences sequences) {
    return TracedWriter(scene_.ring.segment(), path, numbered_record(kVictim, kVictimsNumber),
                        sequences);
  }

  // True: publish() returned before.
  bool kill_after(int steps, WritePath path, Sequences sequences) {
    TracedWriter writer = victim(path, sequences);
    bool returned = false;
    for (int i = 0; i < steps && !returned; ++i) returned = !writer.step();
    return returned;
  }

  // Kills after 0, 1, 2, ... steps, up to the end of publish(); returns how many steps those are.
  int kill_everywhere(WritePath path, Sequences sequences) {
    for (int steps = 0;; ++steps) {
      SCOPED_TRACE("killed after " + std::to_string(steps) + " instructions");
      scene_.reset();
      scene_.publish_and_read(3);
      const bool returned = kill_after(steps, path, sequences);
      scene_.read();
      scene_.publish_and_read(3 * kSlots);
      scene_.expect_exact_tickets();
      EXPECT_EQ(scene_.delivered, scene_.published) << "of the others, nothing may be missing";
      EXPECT_EQ(scene_.reader.counts().corrupt, 0u);
      EXPECT_EQ(scene_.reader.position().hole_count, 0u) << "the next round uses the slot again";
      if (returned) {
        EXPECT_EQ(scene_.of_victim, 1u);
      }
      if (returned || HasFailure()) return steps;
    }
  }

  // The same, but the victim's slot holds the oldest record of a full ring that the reader has not
  // looked at yet.
  void kill_everywhere_over_an_unread_record(WritePath path, Sequences sequences) {
    for (int steps = 0;; ++steps) {
      SCOPED_TRACE("killed after " + std::to_string(steps) + " instructions");
      scene_.reset();
      scene_.publish(kSlots);
      const bool returned = kill_after(steps, path, sequences);
      scene_.read();
      EXPECT_GE(scene_.delivered, kSlots - 1);
      scene_.publish_and_read(2 * kSlots);
      scene_.expect_exact_tickets();
      EXPECT_EQ(scene_.reader.counts().corrupt, 0u);
      if (returned || HasFailure()) return;
    }
  }

  // After a writer was halted: the ring goes around, and the writer goes on while records that the
  // reader has not seen fill most of the ring.
  void lap_and_resume(TracedWriter& writer) {
    constexpr std::uint64_t kUnread = kSlots - 4;
    scene_.publish_and_read(5 * kSlots -
                            kUnread / 2);  // so that the victim's slot is among the unread
    scene_.publish(kUnread);
    EXPECT_TRUE(writer.finish());
    scene_.read();
    scene_.publish_and_read(2 * kSlots);
    scene_.expect_exact_tickets();
  }

  std::set<std::uintptr_t> instructions_of_the_sequence() {
    std::set<std::uintptr_t> instructions;
    TracedWriter writer = victim(WritePath::fastest, Sequences::signed_off);
    while (writer.step()) {
      for (const CodeRange range : restartable_sequences()) {
        const std::uintptr_t at = writer.instruction();
        if (at >= range.begin && at < range.end) instructions.insert(at);
      }
    }
    return instructions;
  }

  OnOneProcessor on_one_processor_;
  Scene scene_;
};

TEST_F(EveryInstruction, KilledOnThePortablePathHarmsNobodyElse) {
  EXPECT_GT(kill_everywhere(WritePath::portable, Sequences::restart), 100);
}

TEST_F(EveryInstruction, KilledOnTheRestartablePathHarmsNobodyElse) {
  if (!has_restartable_sequences()) {
    GTEST_SKIP() << "this machine or its C library has no restartable sequences";
  }
  EXPECT_GT(kill_everywhere(WritePath::fastest, Sequences::signed_off), 100);
}

TEST_F(EveryInstruction, KilledOverAnUnreadRecordOnThePortablePathGivesNobodyAMixture) {
  kill_everywhere_over_an_unread_record(WritePath::portable, Sequences::restart);
}

TEST_F(EveryInstruction, KilledOverAnUnreadRecordOnTheRestartablePathGivesNobodyAMixture) {
  if (!has_restartable_sequences()) {
    GTEST_SKIP() << "this machine or its C library has no restartable sequences";
  }
  kill_everywhere_over_an_unread_record(WritePath::fastest, Sequences::signed_off);
}

TEST_F(EveryInstruction, KilledItLeavesNoReaderAsleepForMoreThanAPeriod) {
  std::atomic<std::uint32_t>& token = scene_.ring.control().wake_token;
  int steps = 0;  // up to the swap: before that, nobody could see the writer
  for (TracedWriter writer = victim(WritePath::portable, Sequences::restart); token == 0; ++steps) {
    ASSERT_TRUE(writer.step());
  }
  bool returned = false;
  for (--steps; !returned && !HasFailure(); ++steps) {
    SCOPED_TRACE("killed after " + std::to_string(steps) + " instructions");
    scene_.reset();
    token.store(token_of(coarse_ms()) - kWakeQuietMs);
    Sleeper reader(scene_.ring.segment(), 0);
    reader.await_sleep();
    returned = kill_after(steps, WritePath::portable, Sequences::restart);
    token.fetch_sub(kWakePeriodMs);  // as if a period had passed
    scene_.publish(1);
    EXPECT_EQ(wake_all(scene_.ring.control()), 0) << "it was still asleep";
  }
}

TEST_F(EveryInstruction, StoppedAndLappedOnThePortablePathDamagesNothingUnnoticed) {
  bool returned = false;
  std::uint64_t damaged = 0;
  for (int steps = 0; !returned; ++steps) {
    SCOPED_TRACE("stopped after " + std::to_string(steps) + " instructions");
    scene_.reset();
    scene_.publish_and_read(3);
    TracedWriter writer = victim(WritePath::portable, Sequences::restart);
    for (int i = 0; i < steps && !returned; ++i) returned = !writer.step();
    lap_and_resume(writer);
    EXPECT_EQ(scene_.of_victim, 1u) << "it notices, and publishes anew";
    // Every missing record of the others was counted; the counts also include the tickets that the
    // victim abandoned.
    const ReaderCounts& counts = scene_.reader.counts();
    const std::uint64_t abandoned = scene_.ring.control().tickets_abandoned.load();
    EXPECT_EQ(scene_.published - scene_.delivered, counts.lost + counts.corrupt - abandoned);
    damaged += counts.corrupt;
    if (HasFailure()) break;
  }
  EXPECT_GT(damaged, 0u) << "the check has been needed; else this test looks in the wrong place";
}

TEST_F(EveryInstruction, StoppedAndLappedInTheRestartableSequenceDamagesNothingAtAll) {
  if (!has_restartable_sequences()) {
    GTEST_SKIP() << "this machine or its C library has no restartable sequences";
  }
  const std::set<std::uintptr_t> instructions = instructions_of_the_sequence();
  ASSERT_GE(instructions.size(), 10u);
  for (const std::uintptr_t instruction : instructions) {
    SCOPED_TRACE("stopped " + std::to_string(instruction - *instructions.begin()) +
                 " bytes into the sequence");
    scene_.reset();
    scene_.publish_and_read(3);
    TracedWriter writer = victim(WritePath::fastest, Sequences::restart);
    ASSERT_TRUE(writer.run_to(instruction));
    lap_and_resume(writer);
    EXPECT_EQ(scene_.delivered, scene_.published);
    EXPECT_EQ(scene_.of_victim, 1u);
    EXPECT_EQ(scene_.reader.counts().corrupt, 0u);
    EXPECT_EQ(scene_.ring.control().tickets_abandoned.load(), 1u);
  }
}

TEST_F(EveryInstruction, LappedClaimIsNotWrittenEvenBeforeTheSlotsNextWriterHasMarkedIt) {
  if (!has_restartable_sequences()) {
    GTEST_SKIP() << "this machine or its C library has no restartable sequences";
  }
  const std::set<std::uintptr_t> instructions = instructions_of_the_sequence();
  ASSERT_GE(instructions.size(), 10u);
  for (const std::uintptr_t instruction : instructions) {
    SCOPED_TRACE("stopped " + std::to_string(instruction - *instructions.begin()) +
                 " bytes into the sequence");
    scene_.reset();
    scene_.publish_and_read(3);
    const RecordSlot& slot =
        scene_.ring.segment().record_slot(scene_.ring.control().next_ticket.load());
    TracedWriter writer = victim(WritePath::fastest, Sequences::restart);
    ASSERT_TRUE(writer.run_to(instruction));
    scene_.publish_and_read(kSlots - 1);
    TracedWriter next(scene_.ring.segment(), WritePath::fastest,
                      numbered_record(kOther, ++scene_.published), Sequences::restart);
    ASSERT_TRUE(next.run_to(*instructions.begin()));
    const std::uint64_t before = slot.sequence.load();
    EXPECT_TRUE(writer.finish());
    EXPECT_EQ(slot.sequence.load(), before);
    EXPECT_TRUE(next.finish());
    scene_.read();
    scene_.expect_exact_tickets();
    EXPECT_EQ(scene_.delivered, scene_.published);
    EXPECT_EQ(scene_.of_victim, 1u);
    EXPECT_EQ(scene_.reader.counts().corrupt, 0u);
    EXPECT_EQ(scene_.ring.control().tickets_abandoned.load(), 1u);
  }
}

TEST_F(EveryInstruction, InterruptedAtEveryStepOfTheSequenceTheRecordIsDroppedAndCounted) {
  if (!has_restartable_sequences()) {
    GTEST_SKIP() << "this machine or its C library has no restartable sequences";
  }
  TracedWriter writer = victim(WritePath::fastest, Sequences::restart);
  while (writer.step()) {
  }
  EXPECT_EQ(scene_.ring.control().records_dropped.load(), 1u);
  EXPECT_EQ(scene_.ring.control().tickets_abandoned.load(), 3u);
  scene_.read();
  EXPECT_EQ(scene_.of_victim, 0u);
  scene_.publish_and_read(2 * kSlots);
  scene_.expect_exact_tickets();
  EXPECT_EQ(scene_.delivered, scene_.published);
  EXPECT_EQ(scene_.reader.counts().lost, 3u);
}

}  // namespace
}  // namespace pppol2tp::ring::test
