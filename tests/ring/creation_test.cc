// The creation of the file: by a hundred processes at once, and by one that is killed on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <random>
#include <set>
#include <vector>

#include "tests/ring/shared_object.h"
#include "tests/unit/ring/memory_ring.h"
#include "tests/unit/ring/temporary_directory.h"

namespace pppol2tp::ring::test {
namespace {

using testing::ElementsAre;

constexpr std::size_t kCreators = 100;

struct Board {
  std::atomic<std::uint32_t> go;
  std::atomic<std::uint32_t> ready;
  std::array<std::atomic<std::uint64_t>, kCreators> epoch;
};

// A creator that is killed leaves its lock file behind, for the next one.
std::vector<std::string> names_but_the_locks(const TemporaryDirectory& directory) {
  std::vector<std::string> names = directory.names();
  std::erase(names, "ring.lock");
  return names;
}

void expect_one_whole_file(const TemporaryDirectory& directory) {
  EXPECT_THAT(names_but_the_locks(directory), ElementsAre("ring"));
  Segment writer;
  Segment segment;
  ASSERT_EQ(writer.open_for_writing(directory.ring().c_str()), SegmentStatus::attached);
  ASSERT_EQ(segment.open_for_reading(directory.ring().c_str()), SegmentStatus::attached);
  EXPECT_EQ(segment.geometry(), kTinyGeometry);
  Reader reader(segment);
  Writer(writer).publish(numbered_record(1, 1));
  EXPECT_THAT(take_numbers(reader), ElementsAre(1));
}

std::vector<pid_t> start_creators(const TemporaryDirectory& directory, Shared<Board>& board) {
  std::vector<pid_t> pids;
  for (std::size_t i = 0; i < kCreators; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      ++board->ready;
      while (board->go == 0) sched_yield();
      Segment segment;
      const auto status = segment.open_for_writing(directory.ring().c_str(), &kTinyGeometry);
      board->epoch[i] = segment.epoch();
      _exit(static_cast<int>(status));
    }
    pids.push_back(child);
  }
  while (board->ready < kCreators) sched_yield();
  return pids;
}

TEST(Creation, ByAHundredAtOnceMakesOneFileThatAllAttachTo) {
  for (int round = 0; round < 5; ++round) {
    TemporaryDirectory directory;
    Shared<Board> board;
    const auto pids = start_creators(directory, board);
    board->go = 1;
    std::set<std::uint64_t> epochs;
    for (std::size_t i = 0; i < kCreators; ++i) {
      int status = -1;
      waitpid(pids[i], &status, 0);
      ASSERT_TRUE(WIFEXITED(status));
      EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(SegmentStatus::attached));
      epochs.insert(board->epoch[i]);
    }
    EXPECT_EQ(epochs.size(), 1u);
    EXPECT_THAT(directory.names(), ElementsAre("ring"));
    expect_one_whole_file(directory);
  }
}

TEST(Creation, ByAHundredOfWhomManyAreKilledStillMakesOneFile) {
  std::mt19937 random(4);
  for (int round = 0; round < 5; ++round) {
    TemporaryDirectory directory;
    Shared<Board> board;
    const auto pids = start_creators(directory, board);
    board->go = 1;
    std::set<std::uint64_t> epochs;
    for (std::size_t i = 0; i < kCreators; ++i) {
      const bool is_victim = random() % 2 == 0;
      if (is_victim) {
        for (std::uint32_t turns = random() % 50; turns != 0; --turns) sched_yield();
        kill(pids[i], SIGKILL);
      }
      int status = -1;
      waitpid(pids[i], &status, 0);
      if (is_victim && WIFSIGNALED(status)) continue;
      EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(SegmentStatus::attached));
      epochs.insert(board->epoch[i]);
    }
    EXPECT_EQ(epochs.size(), 1u);
    expect_one_whole_file(directory);
  }
}

// Kills a creator at its `nth` entry to or return from the kernel. False: it finished before.
bool create_and_die(const TemporaryDirectory& directory, int nth) {
  const pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    raise(SIGSTOP);
    Segment segment;
    segment.open_for_writing(directory.ring().c_str(), &kTinyGeometry);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  for (int i = 0; i < nth; ++i) {
    ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) return false;
  }
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return true;
}

TEST(Creation, KilledAtAnySystemCallLeavesNothingOrAWholeFile) {
  int nth = 0;
  for (;; ++nth) {
    SCOPED_TRACE(nth);
    TemporaryDirectory directory;
    const bool was_killed = create_and_die(directory, nth);
    const auto left = names_but_the_locks(directory);
    EXPECT_TRUE(left.empty() || left == std::vector<std::string>{"ring"});
    Segment next;
    ASSERT_EQ(next.open_for_writing(directory.ring().c_str(), &kTinyGeometry),
              SegmentStatus::attached);
    expect_one_whole_file(directory);
    if (!was_killed) break;
  }
  EXPECT_GT(nth, 20) << "the creator makes more system calls than this";
}

}  // namespace
}  // namespace pppol2tp::ring::test
