// Many writing processes and one reader, undisturbed and disturbed by signals.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <ctime>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/ring/shared_object.h"
#include "tests/unit/ring/memory_ring.h"
#include "tests/unit/ring/sleeper.h"
#include "tests/unit/ring/temporary_directory.h"

namespace pppol2tp::ring::test {
namespace {

constexpr Geometry kGeometry{64, 16};
constexpr std::uint32_t kMaxWriters = 4096;

struct Board {
  std::atomic<std::uint32_t> stop;
  std::array<std::atomic<std::uint64_t>, kMaxWriters> attempted;  // records, by writer
};

class Crowd {
 public:
  ~Crowd() {
    for (const auto& [writer, pid] : pids_) finish(pid);
  }

  // Returns the new writer's number.
  std::uint32_t add_writer(WritePath path) {
    const std::uint32_t writer = next_writer_++;
    const pid_t child = fork();
    if (child == 0) write_on(writer, path);
    pids_[writer] = child;
    return writer;
  }

  // The `index`th of the live writers.
  std::uint32_t writer_at(std::size_t index) const {
    return std::next(pids_.begin(), static_cast<std::ptrdiff_t>(index))->first;
  }
  std::size_t size() const { return pids_.size(); }

  void send(std::uint32_t writer, int signal) { kill(pids_.at(writer), signal); }

  void remove(std::uint32_t writer) {
    kill(pids_.at(writer), SIGKILL);
    waitpid(pids_.at(writer), nullptr, 0);
    pids_.erase(writer);
  }

  // Lets all writers finish their present record.
  void stop() {
    board_->stop = 1;
    for (const auto& [writer, pid] : pids_) finish(pid);
    pids_.clear();
  }

  std::uint64_t attempted() const {
    std::uint64_t sum = 0;
    for (const auto& count : board_->attempted) sum += count;
    return sum;
  }
  std::uint64_t attempted_by(std::uint32_t writer) const { return board_->attempted[writer]; }

  MemoryRing& ring() { return ring_; }

 private:
  [[noreturn]] void write_on(std::uint32_t writer, WritePath path) {
    Writer out(ring_.segment(), path);
    for (std::uint64_t number = 1; board_->stop == 0; ++number) {
      out.publish(numbered_record(writer, number));
      board_->attempted[writer] = number;
    }
    _exit(0);
  }

  void finish(pid_t pid) {
    board_->stop = 1;
    kill(pid, SIGCONT);
    waitpid(pid, nullptr, 0);
  }

  MemoryRing ring_{kGeometry};
  Shared<Board> board_;
  std::uint32_t next_writer_ = 0;
  std::map<std::uint32_t, pid_t> pids_;
};

// Reads all records, and compares each with what its writer must have published.
class Audience {
 public:
  explicit Audience(MemoryRing& ring) : ring_(ring), reader_(ring.segment()) {}

  void listen() {
    reader_.poll([this](const Record& record) { hear(record); }, 4 * kGeometry.record_slots);
  }
  void listen_to_the_end() {
    while (reader_.poll([this](const Record& record) { hear(record); }, SIZE_MAX) != 0 ||
           reader_.has_more()) {
    }
  }

  void expect_exact_tickets() {
    EXPECT_EQ(accounted(reader_), reader_.position().next);
    EXPECT_EQ(reader_.position().next, ring_.control().next_ticket.load());
    EXPECT_EQ(reader_.counts().implausible, 0u);
  }

  const ReaderCounts& counts() const { return reader_.counts(); }
  std::uint64_t not_delivered() const {
    return reader_.counts().lost + reader_.counts().corrupt + reader_.position().hole_count;
  }
  std::uint64_t gaps() const { return gaps_; }
  std::uint64_t last_of(std::uint32_t writer) const { return last_[writer]; }
  int torn() const { return torn_; }
  int out_of_order() const { return out_of_order_; }

 private:
  void hear(const Record& record) {
    const std::uint32_t writer = record.header.identity.session_id;
    if (!is_intact(record) || writer >= kMaxWriters) {
      ++torn_;
      return;
    }
    if (record.header.number <= last_[writer]) ++out_of_order_;
    gaps_ += record.header.number - last_[writer] - 1;
    last_[writer] = record.header.number;
  }

  MemoryRing& ring_;
  Reader reader_;
  std::vector<std::uint64_t> last_ = std::vector<std::uint64_t>(kMaxWriters);
  std::uint64_t gaps_ = 0;
  int torn_ = 0;
  int out_of_order_ = 0;
};

class CrowdTest : public testing::TestWithParam<WritePath> {};

INSTANTIATE_TEST_SUITE_P(Paths, CrowdTest, testing::Values(WritePath::fastest, WritePath::portable),
                         [](const auto& path) {
                           return path.param == WritePath::fastest ? "fastest" : "portable";
                         });

TEST_P(CrowdTest, AtFullSpeedEveryGapInASessionsNumbersIsALossThatWasCounted) {
  Crowd crowd;
  Audience audience(crowd.ring());
  for (int i = 0; i < 4; ++i) crowd.add_writer(GetParam());
  while (crowd.ring().control().next_ticket < 3'000'000) audience.listen();
  crowd.stop();
  audience.listen_to_the_end();

  EXPECT_GT(audience.counts().delivered, 0u);
  EXPECT_EQ(audience.torn(), 0);
  EXPECT_EQ(audience.out_of_order(), 0);
  audience.expect_exact_tickets();
  // Each attempted record took one ticket, and one more for each abandoned one; a dropped record
  // took only abandoned ones.
  const Control& control = crowd.ring().control();
  const std::uint64_t lost_records =
      audience.not_delivered() - control.tickets_abandoned.load() + control.records_dropped.load();
  EXPECT_EQ(crowd.attempted() - audience.counts().delivered, lost_records);
  std::uint64_t lost_at_the_end = 0;
  for (std::uint32_t writer = 0; writer < 4; ++writer) {
    lost_at_the_end += crowd.attempted_by(writer) - audience.last_of(writer);
  }
  EXPECT_EQ(audience.gaps() + lost_at_the_end, lost_records);
}

TEST_P(CrowdTest, StoppedContinuedAndKilledWritersGetNoTornRecordAcceptedAndStopNobody) {
  constexpr int kSignals = 6'000;
  constexpr std::size_t kWriters = 5;
  std::mt19937 random(17);
  Crowd crowd;
  Audience audience(crowd.ring());
  while (crowd.size() < kWriters) crowd.add_writer(GetParam());
  for (int i = 0; i < kSignals; ++i) {
    for (std::uint32_t listenings = random() % 40; listenings != 0; --listenings) audience.listen();
    const std::uint32_t writer = crowd.writer_at(random() % crowd.size());
    switch (random() % 16) {
      case 0:
        crowd.remove(writer);
        crowd.add_writer(GetParam());
        break;
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
      case 6:
      case 7:
        crowd.send(writer, SIGSTOP);
        break;
      default:
        crowd.send(writer, SIGCONT);
        break;
    }
  }
  crowd.stop();
  audience.listen_to_the_end();

  EXPECT_EQ(audience.torn(), 0);
  EXPECT_EQ(audience.out_of_order(), 0);
  audience.expect_exact_tickets();
  EXPECT_GT(audience.counts().delivered, 0u);
  RecordProperty("delivered", std::to_string(audience.counts().delivered));
  RecordProperty("lost", std::to_string(audience.counts().lost));
  RecordProperty("corrupt", std::to_string(audience.counts().corrupt));
}

TEST(SleepingReader, OfAnotherProcessAndWithAReadOnlyMappingIsWokenByTheFirstRecord) {
  TemporaryDirectory directory;
  Segment segment;
  ASSERT_EQ(segment.open_for_writing(directory.ring().c_str(), &kGeometry),
            SegmentStatus::attached);
  const pid_t child = fork();
  if (child == 0) {
    Segment mine;
    if (mine.open_for_reading(directory.ring().c_str()) != SegmentStatus::attached) _exit(1);
    Reader reader(mine);
    Record record;
    while (!reader.take(record)) Reader::wait(mine, reader.position().next, 3'600'000'000'000);
    _exit(record.header.number == 5 ? 0 : 2);
  }
  await_futex_sleep(child);
  Writer(segment).publish(numbered_record(1, 5));
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace pppol2tp::ring::test
