// The publisher across fork: which process publishes, and which is silent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <memory>

#include "tests/unit/ring/publisher_fixture.h"

namespace pppol2tp::ring::test {
namespace {

using testing::IsEmpty;

int in_child(const std::function<void()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST_F(PublisherTest, IsSilentInAChildOfFork) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  attach_reader();
  publisher.publish(opened());
  const auto before = records();
  ASSERT_EQ(before.size(), 1u);
  EXPECT_EQ(in_child([&] {
              publish_all(publisher);
              publisher.tick();
              publisher.publish(end());
            }),
            0);
  EXPECT_THAT(records(), IsEmpty());
  EXPECT_EQ(owner_state(segment_, before[0].header.slot), OwnerState::lives);
  EXPECT_EQ(table_state(before[0]).records, 1u);
  publisher.publish(link());
  EXPECT_EQ(records().size(), 1u) << "the parent goes on";
}

TEST_F(PublisherTest, DoesNotGiveItsParentsSlotBackWhenTheChildDestroysIt) {
  auto publisher = std::make_unique<Publisher>();
  ASSERT_EQ(open(*publisher), SegmentStatus::attached);
  attach_reader();
  publisher->publish(opened());
  const std::uint32_t slot = records().at(0).header.slot;
  EXPECT_EQ(in_child([&] { publisher.reset(); }), 0);
  EXPECT_EQ(owner_state(segment_, slot), OwnerState::lives);
}

// A child that waits until it is told to go on.
class WaitingChild {
 public:
  explicit WaitingChild(const std::function<void()>& body) {
    EXPECT_EQ(pipe(pipe_), 0);
    pid_ = fork();
    if (pid_ != 0) return;
    close(pipe_[1]);
    char go = 0;
    while (read(pipe_[0], &go, 1) < 0 && errno == EINTR) {
    }
    body();
    _exit(0);
  }
  int let_go() {
    close(pipe_[0]);
    close(pipe_[1]);
    int status = 0;
    waitpid(pid_, &status, 0);
    return status;
  }

 private:
  int pipe_[2];
  pid_t pid_;
};

TEST_F(PublisherTest, GoesOnInTheChildThatAdoptsTheSession) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  attach_reader();
  publish_all(publisher);
  const auto before = records();
  ASSERT_EQ(before.size(), std::size(kAll));

  constexpr std::uint32_t kChild = 4711;
  WaitingChild child([&] {
    publisher.adopt_after_fork(kChild, 77);
    publisher.publish(counters(2000));
  });
  publisher.hand_over_to(kChild, 77);
  const auto handed_over = records();
  ASSERT_EQ(handed_over.size(), 1u);
  EXPECT_EQ(handed_over[0].header.identity.pid, kChild);
  EXPECT_EQ(handed_over[0].header.identity.start_ticks, 77u);
  EXPECT_EQ(table_state(handed_over[0]).identity.pid, kChild);
  EXPECT_EQ(table_state(handed_over[0]).phase.current, Phase::running);
  EXPECT_EQ(owner_state(segment_, handed_over[0].header.slot), OwnerState::none);
  publisher.publish(link());
  publisher.tick();
  EXPECT_THAT(records(), IsEmpty()) << "the parent is silent from now on";

  EXPECT_EQ(child.let_go(), 0);
  const auto after = records();
  ASSERT_EQ(after.size(), std::size(kAll) + 1);
  EXPECT_EQ(after[0].header.type, EventType::opened);
  EXPECT_EQ(after[0].header.identity.pid, kChild);
  EXPECT_EQ(after[0].header.identity.instance, before[0].header.identity.instance);
  EXPECT_EQ(after.back().header.type, EventType::counters_read);
  EXPECT_EQ(owner_state(segment_, after.back().header.slot), OwnerState::died)
      << "the child had a slot of its own, and went without a word";
  EXPECT_EQ(table_state(after.back()).counters.receive_bytes, 2000u);
}

TEST_F(PublisherTest, TheChildMayAdoptBeforeTheParentHandsOver) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  attach_reader();
  publisher.publish(opened());
  const std::uint32_t old_slot = records().at(0).header.slot;
  std::uint32_t new_slot = old_slot;
  EXPECT_EQ(in_child([&] {
              publisher.adopt_after_fork(4711, 77);
              publisher.publish(link());
            }),
            0);
  new_slot = records().at(0).header.slot;
  EXPECT_NE(new_slot, old_slot);
  publisher.hand_over_to(4711, 77);
  const auto last = records();
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].header.identity.pid, 4711u);
  EXPECT_EQ(owner_state(segment_, old_slot), OwnerState::none);
}

TEST_F(PublisherTest, CanBeDestroyedSilentAndLeavesNothingLocked) {
  {
    Publisher publisher;
    ASSERT_EQ(open(publisher), SegmentStatus::attached);
    attach_reader();
    publisher.publish(opened());
    publisher.silence();
  }
  EXPECT_EQ(owner_state(segment_, records().at(0).header.slot), OwnerState::none);
  // The C library's list of this thread's robust mutexes is intact: one can be added.
  Publisher next;
  EXPECT_EQ(open(next), SegmentStatus::attached);
}

TEST_F(PublisherTest, IsSilentOnceTold) {
  Publisher publisher;
  ASSERT_EQ(open(publisher), SegmentStatus::attached);
  attach_reader();
  publisher.silence();
  publish_all(publisher);
  EXPECT_EQ(publisher.tick(), SegmentStatus::attached);
  EXPECT_THAT(records(), IsEmpty());
}

}  // namespace
}  // namespace pppol2tp::ring::test
