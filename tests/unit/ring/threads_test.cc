// Writers and a reader as threads on one mapping, so that ThreadSanitizer sees both sides; it does
// not when they are in different processes.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/unit/ring/memory_ring.h"

namespace pppol2tp::ring::test {
namespace {

class ThreadsTest : public testing::TestWithParam<WritePath> {};

INSTANTIATE_TEST_SUITE_P(Paths, ThreadsTest,
                         testing::Values(WritePath::fastest, WritePath::portable),
                         [](const auto& path) {
                           return path.param == WritePath::fastest ? "fastest" : "portable";
                         });

TEST_P(ThreadsTest, RecordsOfEachWriterArriveWholeAndInOrderAndLossesAreExact) {
  constexpr std::uint32_t kWriters = 3;
  constexpr std::uint64_t kRecords = 50'000;
  MemoryRing ring(Geometry{256, 16});
  Reader reader(ring.segment());
  std::atomic<std::uint32_t> running{kWriters};
  std::vector<std::thread> writers;
  for (std::uint32_t id = 0; id < kWriters; ++id) {
    writers.emplace_back([&, id] {
      Writer writer(ring.segment(), GetParam());
      for (std::uint64_t number = 1; number <= kRecords; ++number) {
        writer.publish(numbered_record(id, number));
      }
      --running;
    });
  }

  std::vector<std::uint64_t> last(kWriters);
  int torn = 0;
  int out_of_order = 0;
  const auto hear = [&](const Record& record) {
    const std::uint32_t id = record.header.identity.session_id;
    if (!is_intact(record) || id >= kWriters) {
      ++torn;
      return;
    }
    if (record.header.number <= last[id]) ++out_of_order;
    last[id] = record.header.number;
  };
  while (running != 0) reader.poll(hear, 1000);
  for (std::thread& writer : writers) writer.join();
  while (reader.poll(hear, 1000) != 0 || reader.has_more()) {
  }

  EXPECT_EQ(torn, 0);
  EXPECT_EQ(out_of_order, 0);
  EXPECT_EQ(accounted(reader), reader.position().next);
  EXPECT_EQ(reader.position().next, ring.control().next_ticket.load());
  const std::uint64_t lost_records = kWriters * kRecords - reader.counts().delivered;
  EXPECT_EQ(lost_records,
            reader.counts().lost + reader.counts().corrupt + reader.position().hole_count -
                ring.control().tickets_abandoned.load() + ring.control().records_dropped.load());
}

TEST_P(ThreadsTest, AReaderThatSleepsWheneverThereIsNothingIsWokenForEveryRecord) {
  constexpr std::uint64_t kRecords = 30;
  MemoryRing ring(Geometry{1024, 16});
  std::atomic<std::uint64_t> heard{0};
  std::thread reading([&] {
    Reader reader(ring.segment());
    while (heard < kRecords) {
      Record record;
      if (reader.take(record)) {
        heard = record.header.number;
      } else {
        Reader::wait(ring.segment(), reader.position().next, 3'600'000'000'000);
      }
    }
  });
  Writer writer(ring.segment(), GetParam());
  for (std::uint64_t number = 1; number <= kRecords; ++number) {
    writer.publish(numbered_record(1, number));
    while (heard < number) std::this_thread::yield();
    // As if the latest wake-up were long ago: then the reader sleeps until it is woken.
    ring.control().wake_token.fetch_sub(1000);
  }
  reading.join();
  EXPECT_EQ(heard, kRecords);
}

}  // namespace
}  // namespace pppol2tp::ring::test
