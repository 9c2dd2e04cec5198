// The agent is killed at any instruction of its work on the ring, from the first record applied to
// the completed last checkpoint, and started again.
//
// Its successor gets only the files in its state directory: the agent's memory is its own, and it
// cannot write to the ring, which is checked here. So all instructions between two system calls are
// one and the same place to be killed at. The real tail, model and checkpoint writer are halted
// before and after each of their system calls. A successor is started from each state that the
// directory ever had, and must count what the sessions themselves have counted.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/file.h"
#include "agent/base/log.h"
#include "agent/checkpointer.h"
#include "agent/collectors/ring_tail.h"
#include "agent/model/model.h"
#include "plugin/ring/checksum.h"
#include "plugin/ring/publisher.h"
#include "plugin/ring/slot_writer.h"
#include "plugin/ring/writer.h"
#include "tests/ring/halted_process.h"
#include "tests/support/records.h"
#include "tests/support/temporary_directory.h"

namespace pppol2tp::ring::test {
namespace {

constexpr int kRounds = 12;
// Eight rounds fit into the ring, so a successor that has forgotten what came before cannot read it
// again. Two sessions fit into the table. The others live on their records alone, so if one of
// these is applied twice, or not at all, it shows.
constexpr Geometry kGeometry{64, 2};
// A session is forgotten when it ends, so only the position in the ring prevents that its records
// are applied again.
constexpr model::Limits kLimits{100, 0};

// Counts over all sessions.
struct Tally {
  std::uint64_t starts = 0;
  std::array<std::uint64_t, 32> ends{};
  std::uint64_t receive_bytes = 0;

  friend bool operator==(const Tally&, const Tally&) = default;
};

Tally tally_of(const model::Totals& totals) {
  return {totals.starts, totals.ends, totals.traffic.receive_bytes};
}

std::ostream& operator<<(std::ostream& out, const Tally& tally) {
  out << tally.starts << " starts, " << tally.receive_bytes << " bytes, ends by cause:";
  for (const std::uint64_t count : tally.ends) out << ' ' << count;
  return out;
}

// Sessions that begin, report and end, a few in each round, and what they have reported so far.
class Sessions {
 public:
  explicit Sessions(Segment& segment) : segment_(&segment) { open(long_lived_); }

  void speak() {
    Publisher with_slot;
    open(with_slot);
    auto without_slot = std::make_unique<Publisher>();
    open(*without_slot);
    PhaseSection phase{};
    phase.current = phase.furthest = Phase::running;
    phase.entered_ns = phase.running_ns = now_ns();
    with_slot.publish(phase);
    count(with_slot, 10'000);
    count(*without_slot, 1'000'000);
    count(long_lived_, 10);
    end(with_slot);
    if (earlier_) end(*earlier_);
    earlier_ = std::move(without_slot);
    if (round_ == 3) start_slow_one();
    if (round_ == 5) halt_slow_one();
    if (round_ == 7) finish_slow_one();
    ++round_;
  }

  const Tally& said() const { return said_; }

 private:
  SessionIdentity identity() {
    SessionIdentity who{};
    who.netns = 4026531840;
    who.tunnel_id = 10;
    who.session_id = ++last_id_;
    return who;
  }

  void open(Publisher& publisher) {
    publisher.open_in(*segment_, identity());
    OpenedSection opened{};
    opened.opened_ns = now_ns();
    publisher.publish(opened);
    ++said_.starts;
  }
  void count(Publisher& publisher, std::uint64_t more) {
    CountersSection counters = publisher.state().counters;
    counters.read_ns = now_ns();
    counters.receive_bytes += more;
    publisher.publish(counters);
    said_.receive_bytes += more;
  }
  // Takes the causes in turn.
  void end(Publisher& publisher) {
    EndSection section{};
    section.ended_ns = now_ns();
    const auto cause = 1 + said_.starts % (static_cast<std::size_t>(kCauseCount) - 1);
    section.cause = static_cast<Cause>(cause);
    publisher.publish(section);
    ++said_.ends[cause];
  }

  // Another writer claims a ticket, is halted for some rounds, and commits.
  void start_slow_one() {
    Writer(*segment_).publish(slow_.opened());
    ++said_.starts;
  }
  void halt_slow_one() {
    ticket_ = segment_->control().next_ticket.fetch_add(1);
    record_ = slow_.ended(Cause::hangup);
  }
  void finish_slow_one() {
    const std::size_t words = record_.header.bytes / 8u;
    const std::uint64_t check = internal::keyed(internal::digest(&record_, words), ticket_);
    ASSERT_EQ(internal::write_slot_portably(segment_->record_slot(ticket_), ticket_, check, record_,
                                            words),
              internal::SlotWrite::committed);
    ++said_.ends[static_cast<std::size_t>(Cause::hangup)];
  }

  Segment* segment_;
  int round_ = 0;
  std::uint32_t last_id_ = 0;
  Publisher long_lived_;
  std::unique_ptr<Publisher> earlier_;
  pppol2tp::test::SessionScript slow_{10, 900};
  Record record_{};
  std::uint64_t ticket_ = 0;
  Tally said_;
};

// The parts of the agent that apply records and write checkpoints.
struct Agent {
  Agent(const std::string& ring, const std::string& state) : tail(ring), checkpointer(state) {}

  bool collect() {
    const bool succeeded = tail.collect(model, now_ns()).has_value();
    model.expire(now_ns());
    return succeeded;
  }

  model::Model model{kLimits};
  collectors::RingTail tail;
  Checkpointer checkpointer;
};

// The files in the state directory: the state, and the one that will replace it.
using OnDisk = std::map<std::string, std::string>;

class AgentRestart : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(segment_.open_for_writing(ring_.c_str(), &kGeometry), SegmentStatus::attached);
    std::filesystem::create_directory(states_);
  }

  // The agent's loop. Every other time it does not wait for its checkpoint, and goes on applying
  // records while that is written.
  void live() {
    segment_.close();  // the writers' segment, inherited by the fork
    Agent agent(ring_, states_ + "/state");
    for (int round = 0; round < kRounds; ++round) {
      HaltedProcess::pause();
      if (!agent.collect()) _exit(1);
      if (round % 2 == 0) {
        agent.checkpointer.save(agent.model, agent.tail);
      } else {
        agent.checkpointer.save_now(agent.model, agent.tail);
      }
      if (!agent.checkpointer.succeeded()) _exit(1);
    }
  }

  // Identifies the present files by values that any change to them changes: each file is written
  // only once.
  std::vector<std::uint64_t> look() const {
    std::vector<std::uint64_t> seen;
    for (const char* const name : {"/state", "/state.new"}) {
      struct stat found {};
      stat((states_ + name).c_str(), &found);
      seen.push_back(found.st_ino);
      seen.push_back(static_cast<std::uint64_t>(found.st_size));
    }
    return seen;
  }

  OnDisk read_files() const {
    OnDisk files;
    for (const auto& entry : std::filesystem::directory_iterator(states_)) {
      const auto bytes = read_file(entry.path(), 1u << 20);
      if (bytes) files[entry.path().filename()] = *bytes;
    }
    return files;
  }

  // One of the agent's threads may be in the middle of its rename().
  OnDisk whole_state() const {
    for (;;) {
      const auto before = look();
      OnDisk files = read_files();
      if (look() == before) return files;
    }
  }

  // A system call may write only a part of its data.
  static OnDisk killed_while_writing(OnDisk files) {
    if (const auto fresh = files.find("state.new"); fresh != files.end()) {
      fresh->second.resize(fresh->second.size() / 2);
    }
    return files;
  }

  // Starts a successor from these files, and another one from the files that the first one leaves.
  void restart_from(const OnDisk& files) const {
    const pppol2tp::test::TemporaryDirectory directory;
    for (const auto& [name, bytes] : files) {
      ASSERT_TRUE(replace_file(directory.path() + "/" + name, bytes));
    }
    for (const char* const which : {"the successor", "the successor's successor"}) {
      SCOPED_TRACE(which);
      Agent agent(ring_, directory.path() + "/state");
      agent.checkpointer.restore(agent.model, agent.tail);
      const ReaderPosition before = agent.tail.position();
      ASSERT_TRUE(agent.collect());
      EXPECT_EQ(tally_of(agent.model.totals()), sessions_->said());
      expect_each_ticket_once(before, agent.tail);
      EXPECT_EQ(agent.tail.counts().lost, 0u);
      agent.checkpointer.save_now(agent.model, agent.tail);
      ASSERT_TRUE(agent.checkpointer.succeeded());
    }
  }

  void expect_each_ticket_once(const ReaderPosition& before,
                               const collectors::RingTail& tail) const {
    const ReaderPosition after = tail.position();
    const std::uint64_t tickets = segment_.control().next_ticket.load();
    EXPECT_EQ(after.next, tickets);
    EXPECT_EQ(tail.counts().delivered + tail.counts().lost + after.hole_count,
              tickets - before.next + before.hole_count);
    EXPECT_EQ(tail.counts().corrupt + tail.counts().implausible, 0u);
  }

  const pppol2tp::test::TemporaryDirectory directory_;
  const std::string ring_ = directory_.path() + "/ring";
  const std::string states_ = directory_.path() + "/agent";
  Segment segment_;
  std::unique_ptr<Sessions> sessions_;
};

TEST_F(AgentRestart, KilledAnywhereInApplyingAndCheckpointingCountsEachRecordOnce) {
  const log::Capture quiet;
  sessions_ = std::make_unique<Sessions>(segment_);
  HaltedProcess agent([this] { live(); });
  std::vector<OnDisk> states;
  std::vector<std::uint64_t> seen;
  for (int halts = 1;; ++halts) {
    const HaltedProcess::Halt halt = agent.go_on();
    ASSERT_NE(halt, HaltedProcess::Halt::failed);
    if (halt == HaltedProcess::Halt::ended) break;
    if (halt == HaltedProcess::Halt::pause) {
      EXPECT_FALSE(agent.shares_writable_memory());
      sessions_->speak();
    }
    const bool is_news = halt == HaltedProcess::Halt::pause || look() != seen;
    if (!is_news) continue;
    SCOPED_TRACE("killed at its halt number " + std::to_string(halts));
    seen = look();
    states.push_back(whole_state());
    restart_from(states.back());
    restart_from(killed_while_writing(states.back()));
    if (HasFailure()) return;
  }
  EXPECT_GE(states.size(), static_cast<std::size_t>(3 * kRounds)) << "made, written, in its place";

  // Killed long ago: what the ring no longer holds is counted as lost.
  for (int i = 0; i < kRounds; ++i) sessions_->speak();
  for (const OnDisk& files : states) {
    const pppol2tp::test::TemporaryDirectory directory;
    for (const auto& [name, bytes] : files) {
      ASSERT_TRUE(replace_file(directory.path() + "/" + name, bytes));
    }
    Agent late(ring_, directory.path() + "/state");
    late.checkpointer.restore(late.model, late.tail);
    const ReaderPosition before = late.tail.position();
    ASSERT_TRUE(late.collect());
    if (before.epoch == 0) continue;  // it had no checkpoint yet, so it can miss nothing
    expect_each_ticket_once(before, late.tail);
    EXPECT_GT(late.tail.counts().lost, 0u);
  }
}

}  // namespace
}  // namespace pppol2tp::ring::test
