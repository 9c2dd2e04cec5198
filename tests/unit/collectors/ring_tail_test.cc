#include "agent/collectors/ring_tail.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <utility>

#include "agent/base/fd.h"
#include "agent/collectors/liveness.h"
#include "agent/collectors/process_table.h"
#include "agent/collectors/ring_waiter.h"
#include "plugin/ring/publisher.h"
#include "tests/support/records.h"
#include "tests/support/temporary_directory.h"

namespace pppol2tp::collectors {
namespace {

using ring::Cause;
using ring::Phase;

constexpr ring::Geometry kGeometry{64, 16};
constexpr model::SessionIds kIds{4026531840, 10, 20};

ring::SessionIdentity identity(std::uint32_t session_id = 20) {
  ring::SessionIdentity who{};
  who.netns = kIds.netns;
  who.tunnel_id = kIds.tunnel_id;
  who.session_id = session_id;
  who.pid = static_cast<std::uint32_t>(getpid());
  return who;
}

void run(ring::Publisher& publisher) {
  ring::PhaseSection phase{};
  phase.current = phase.furthest = Phase::running;
  phase.entered_ns = phase.running_ns = ring::now_ns();
  publisher.publish(phase);
}

// A separate process with a session that is up. When it is told to go, it does one last thing and
// exits.
class OtherPppd {
 public:
  OtherPppd(const std::string& ring, void (*last)(ring::Publisher&)) {
    int ready[2];
    int go[2];
    if (pipe2(ready, O_CLOEXEC) != 0 || pipe2(go, O_CLOEXEC) != 0) std::abort();
    const Fd ready_end(ready[0]);
    Fd told_ready(ready[1]);
    Fd told_to_go(go[0]);
    go_ = Fd(go[1]);
    process_ = fork();
    char byte = 0;
    if (process_ == 0) {
      ring::Publisher publisher;
      ring::SessionIdentity who = identity();
      who.start_ticks = *process_start_ticks(who.pid);
      publisher.open(ring.c_str(), who, &kGeometry);
      run(publisher);
      static_cast<void>(write(told_ready.get(), "x", 1));
      static_cast<void>(read(told_to_go.get(), &byte, 1));
      last(publisher);
      _exit(0);
    }
    told_ready.reset();
    static_cast<void>(read(ready_end.get(), &byte, 1));
  }
  ~OtherPppd() { go(); }

  void go() {
    if (process_ <= 0) return;
    static_cast<void>(write(go_.get(), "x", 1));
    waitpid(std::exchange(process_, -1), nullptr, 0);
  }

 private:
  Fd go_;
  pid_t process_ = -1;
};

class RingTailTest : public testing::Test {
 protected:
  // The agent's work of one second.
  void tick() {
    ASSERT_TRUE(tail_.collect(model_, ring::now_ns()));
    ASSERT_TRUE(liveness_.collect(model_, ring::now_ns()));
  }

  void open(ring::Publisher& publisher, std::uint32_t session_id = 20) {
    ASSERT_EQ(publisher.open(path_.c_str(), identity(session_id), &kGeometry),
              ring::SegmentStatus::attached);
    ring::OpenedSection opened{};
    opened.opened_ns = ring::now_ns();
    publisher.publish(opened);
  }
  static void count(ring::Publisher& publisher, std::uint64_t bytes) {
    ring::CountersSection counters{};
    counters.read_ns = ring::now_ns();
    counters.receive_bytes = bytes;
    publisher.publish(counters);
  }
  static void end(ring::Publisher& publisher, Cause cause) {
    ring::EndSection section{};
    section.ended_ns = ring::now_ns();
    section.cause = cause;
    publisher.publish(section);
  }
  std::uint64_t ends(Cause cause) const {
    return model_.totals().ends[static_cast<std::size_t>(cause)];
  }

  const test::TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/ring";
  model::Model model_{{100, 1000 * test::kSecond}};
  RingTail tail_{path_};
  Liveness liveness_{tail_};
};

TEST_F(RingTailTest, NoRingIsNoFailure) {
  tick();
  EXPECT_EQ(tail_.segment(), nullptr);
}

TEST_F(RingTailTest, RingThatIsNoneIsAFailureThatNamesItsPath) {
  std::filesystem::create_directory(path_);
  const auto result = tail_.collect(model_, 0);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find(path_), std::string::npos) << result.error().message;
}

TEST_F(RingTailTest, RingIsFoundWhenItAppears) {
  tick();
  ring::Publisher publisher;
  open(publisher);
  run(publisher);
  tick();
  ASSERT_NE(model_.find(kIds), nullptr);
  EXPECT_TRUE(model_.find(kIds)->is_up());
}

TEST_F(RingTailTest, LapsAreCountedAndTheTableHealsTheState) {
  ring::Publisher publisher;
  open(publisher);
  tick();
  for (std::uint64_t i = 1; i <= 500; ++i) count(publisher, i);
  run(publisher);
  for (std::uint64_t i = 501; i <= 600; ++i) count(publisher, i);
  tick();
  EXPECT_TRUE(model_.find(kIds)->is_up());
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 600u);
  const auto counts = tail_.counts();
  EXPECT_EQ(counts.delivered + counts.lost + counts.corrupt,
            tail_.segment()->control().next_ticket.load());
  EXPECT_GT(counts.lost, 500u);
}

TEST_F(RingTailTest, FileThatTakesTheRingsPlaceIsFollowed) {
  ring::Publisher publisher;
  open(publisher);
  run(publisher);
  tick();
  std::filesystem::remove(path_);
  ASSERT_EQ(publisher.tick(), ring::SegmentStatus::attached);
  count(publisher, 5);
  tick();
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 5u);
  EXPECT_EQ(model_.totals().starts, 1u);
  EXPECT_TRUE(model_.find(kIds)->is_up());
}

TEST_F(RingTailTest, TailGoesOnFromItsPosition) {
  ring::Publisher publisher;
  open(publisher);
  tick();
  RingTail next(path_);
  next.resume_from(tail_.position());
  count(publisher, 7);
  ASSERT_TRUE(next.collect(model_, 0));
  EXPECT_EQ(next.counts().delivered, 1u);
  EXPECT_EQ(model_.totals().traffic.receive_bytes, 7u);
}

TEST_F(RingTailTest, LivingSessionIsLeftAlone) {
  ring::Publisher publisher;
  open(publisher);
  for (int i = 0; i < 3; ++i) tick();
  EXPECT_FALSE(model_.find(kIds)->has_ended());
}

TEST_F(RingTailTest, KilledSessionEndsAsKilledAndOnce) {
  const pid_t child = fork();
  if (child == 0) {
    ring::Publisher publisher;
    open(publisher);
    run(publisher);
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  for (int i = 0; i < 2; ++i) tick();
  ASSERT_NE(model_.find(kIds), nullptr);
  EXPECT_EQ(model_.find(kIds)->state.end.cause, Cause::killed);
  EXPECT_EQ(model_.find(kIds)->state.end.reached, Phase::running);
  EXPECT_EQ(ends(Cause::killed), 1u);
}

TEST_F(RingTailTest, SessionIsSettledFromTheTableThoughItsPageMovesMeanwhile) {
  const pid_t child = fork();
  if (child == 0) {
    ring::Publisher publisher;
    open(publisher);
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(tail_.collect(model_, ring::now_ns()));
  // The page counts as shared, but nobody else holds it any more: the next change frees it.
  static_cast<void>(model_.snapshot(0, 0));
  ASSERT_TRUE(liveness_.collect(model_, ring::now_ns()));
  EXPECT_EQ(model_.find(kIds)->state.end.cause, Cause::killed);
  EXPECT_EQ(ends(Cause::killed), 1u);
}

TEST_F(RingTailTest, LastWordCountsForMoreThanTheProcessDeath) {
  const pid_t child = fork();
  if (child == 0) {
    ring::Publisher publisher;
    open(publisher);
    end(publisher, Cause::echo_timeout);
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  tick();
  EXPECT_EQ(ends(Cause::echo_timeout), 1u);
  EXPECT_EQ(ends(Cause::killed), 0u);
}

// Here the session table had no slot for it, so only the process table shows its death.
TEST_F(RingTailTest, LastWordThatComesAfterTheTailsLookCountsForMoreThanTheProcessDeath) {
  std::array<ring::Publisher, kGeometry.session_slots> others;
  for (std::uint32_t i = 0; i < others.size(); ++i) open(others[i], 100 + i);
  OtherPppd pppd(path_, [](ring::Publisher& last) { end(last, Cause::peer_request); });
  tick();
  ASSERT_NE(model_.find(kIds), nullptr);
  ASSERT_FALSE(model_.find(kIds)->has_slot);
  pppd.go();
  ASSERT_TRUE(liveness_.collect(model_, ring::now_ns()));
  EXPECT_EQ(model_.find(kIds)->state.end.cause, Cause::peer_request);
  EXPECT_EQ(ends(Cause::peer_request), 1u);
  EXPECT_EQ(ends(Cause::killed), 0u);
}

TEST_F(RingTailTest, EndWhoseRecordWasOverwrittenIsTakenFromTheTable) {
  ring::Publisher publisher;
  ring::Publisher other;
  open(publisher);
  open(other, 21);
  tick();
  end(publisher, Cause::peer_request);
  for (std::uint64_t i = 1; i <= 500; ++i) count(other, i);
  tick();
  EXPECT_EQ(ends(Cause::peer_request), 1u);
  EXPECT_EQ(ends(Cause::lost), 0u);
}

TEST_F(RingTailTest, SessionThatWasHandedToAChildLivesOn) {
  int to_child[2];
  ASSERT_EQ(pipe(to_child), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    ring::Publisher publisher;
    open(publisher);
    const pid_t child = fork();
    if (child == 0) {
      char byte = 0;
      close(to_child[1]);
      static_cast<void>(read(to_child[0], &byte, 1));  // until the test is over
      _exit(0);
    }
    publisher.hand_over_to(static_cast<std::uint32_t>(child),
                           *process_start_ticks(static_cast<std::uint32_t>(child)));
    _exit(0);
  }
  close(to_child[0]);
  waitpid(parent, nullptr, 0);
  tick();
  EXPECT_FALSE(model_.find(kIds)->has_ended());
  close(to_child[1]);
}

TEST_F(RingTailTest, SessionThatDiedWithTheRingItWasInEndsWhenAnotherRingTakesItsPlace) {
  OtherPppd pppd(path_, [](ring::Publisher&) { raise(SIGKILL); });
  tick();
  ASSERT_NE(model_.find(kIds), nullptr);
  std::filesystem::remove(path_);
  ring::Publisher other;
  open(other, 21);  // creates the new ring, which the first session never moves to
  tick();
  EXPECT_FALSE(model_.find(kIds)->has_ended());
  pppd.go();
  tick();
  EXPECT_EQ(ends(Cause::killed), 1u);
}

TEST_F(RingTailTest, WaiterCallsWhenAWriterPublishes) {
  ring::Publisher publisher;
  open(publisher);
  tick();
  std::promise<void> called;
  RingWaiter waiter([&] { called.set_value(); });
  waiter.arm(tail_.segment(), tail_.position().next);
  count(publisher, 1);
  EXPECT_EQ(called.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
}

TEST_F(RingTailTest, WaiterStopsWhileItWaits) {
  ring::Publisher publisher;
  open(publisher);
  tick();
  for (int i = 0; i < 20; ++i) {
    RingWaiter waiter([] {});
    waiter.arm(tail_.segment(), tail_.position().next);
  }
  SUCCEED() << "the destructor came back each time";
}

}  // namespace
}  // namespace pppol2tp::collectors
