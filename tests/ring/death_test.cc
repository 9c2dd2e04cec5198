// What the session table shows after a process was killed.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "plugin/ring/session_table.h"
#include "tests/ring/shared_object.h"
#include "tests/unit/ring/memory_ring.h"
#include "tests/unit/ring/temporary_directory.h"

namespace pppol2tp::ring::test {
namespace {

struct Claimed {
  std::atomic<std::uint32_t> done;
  std::uint32_t slot;
};

// A process that holds a slot, and waits to be killed.
class Owner {
 public:
  explicit Owner(Segment& segment) {
    pid_ = fork();
    if (pid_ != 0) {
      while (claimed_->done == 0) usleep(100);
      return;
    }
    SessionClaim claim;
    SessionState state{};
    state.records = 1;
    state.identity.session_id = 9;
    if (!claim.claim(segment)) _exit(1);
    claim.write(state);
    claimed_->slot = claim.slot();
    claimed_->done = 1;
    for (;;) pause();
  }

  std::uint32_t slot() const { return claimed_->slot; }

  // It stays a zombie: the kernel's mark does not depend on anybody reaping it.
  void die(int signal) {
    kill(pid_, signal);
    siginfo_t info;
    waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  }
  ~Owner() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

 private:
  Shared<Claimed> claimed_;
  pid_t pid_;
};

class DeathTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    constexpr Geometry kGeometry{16, 4};
    ASSERT_EQ(writer_.open_for_writing(directory_.ring().c_str(), &kGeometry),
              SegmentStatus::attached);
    ASSERT_EQ(reader_.open_for_reading(directory_.ring().c_str()), SegmentStatus::attached);
  }

  TemporaryDirectory directory_;
  Segment writer_;
  Segment reader_;
};

INSTANTIATE_TEST_SUITE_P(Signals, DeathTest, testing::Values(SIGKILL, SIGTERM, SIGSEGV),
                         [](const auto& signal) {
                           return std::string(sigabbrev_np(signal.param));
                         });

TEST_P(DeathTest, OfAnOwnerIsSeenInTheTableBeforeTheProcessIsReaped) {
  Owner owner(writer_);
  EXPECT_EQ(owner_state(reader_, owner.slot()), OwnerState::lives);
  owner.die(GetParam());
  EXPECT_EQ(owner_state(reader_, owner.slot()), OwnerState::died);
  SessionState state;
  const SlotReading reading = read_session(reader_, owner.slot(), state);
  EXPECT_EQ(reading.owner, OwnerState::died);
  ASSERT_TRUE(reading.has_state);
  EXPECT_EQ(state.identity.session_id, 9u);
}

TEST_P(DeathTest, LeavesASlotThatCanBeTakenAgain) {
  std::uint32_t slot = 0;
  {
    Owner owner(writer_);
    slot = owner.slot();
    owner.die(GetParam());
  }
  writer_.control().table_cursor = slot;
  SessionClaim next;
  ASSERT_TRUE(next.claim(writer_));
  EXPECT_EQ(next.slot(), slot);
  EXPECT_EQ(next.generation(), 2u);
  EXPECT_EQ(owner_state(reader_, slot), OwnerState::lives);
  next.release();
  EXPECT_EQ(owner_state(reader_, slot), OwnerState::none);
}

TEST_P(DeathTest, OfOneOwnerSaysNothingOfTheOthers) {
  Owner dying(writer_);
  Owner living(writer_);
  ASSERT_NE(dying.slot(), living.slot());
  dying.die(GetParam());
  EXPECT_EQ(owner_state(reader_, living.slot()), OwnerState::lives);
}

TEST(Forking, TheChildDoesNotHoldItsParentsSlotAndTakesOneOfItsOwn) {
  MemoryRing ring;
  SessionClaim claim;
  ASSERT_TRUE(claim.claim(ring.segment()));
  const pid_t child = fork();
  if (child == 0) {
    claim.release();  // the child does not own it
    if (owner_state(ring.segment(), claim.slot()) != OwnerState::lives) _exit(1);
    SessionClaim own;
    if (!own.claim(ring.segment()) || own.slot() == claim.slot()) _exit(2);
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(owner_state(ring.segment(), claim.slot()), OwnerState::lives);
  EXPECT_EQ(owner_state(ring.segment(), claim.slot() + 1), OwnerState::died);
  claim.release();
}

}  // namespace
}  // namespace pppol2tp::ring::test
