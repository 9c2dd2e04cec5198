#include "agent/model/cow_pages.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace pppol2tp::model {
namespace {

std::vector<int> items_of(const CowPages<int>::Snapshot& snapshot) {
  std::vector<int> items;
  snapshot.for_each([&](int item) { items.push_back(item); });
  return items;
}

TEST(CowPages, SnapshotKeepsWhatItSawWhileTheArrayChanges) {
  CowPages<int> pages;
  const auto first = pages.add();
  const auto second = pages.add();
  pages.edit(first) = 1;
  pages.edit(second) = 2;
  const auto before = pages.snapshot();
  pages.edit(first) = 10;
  pages.remove(second);
  const auto after = pages.snapshot();
  EXPECT_EQ(items_of(before), (std::vector{1, 2}));
  EXPECT_EQ(items_of(after), (std::vector{10}));
}

TEST(CowPages, SnapshotOutlivesTheArray) {
  CowPages<int>::Snapshot snapshot;
  {
    CowPages<int> pages;
    pages.edit(pages.add()) = 7;
    snapshot = pages.snapshot();
  }
  EXPECT_EQ(items_of(snapshot), (std::vector{7}));
}

TEST(CowPages, APageThatNoSnapshotHasAnyMoreIsChangedWhereItIs) {
  CowPages<int> pages;
  const auto index = pages.add();
  const int* const place = &pages.at(index);
  {
    const auto snapshot = pages.snapshot();
    const auto copy_of_it = snapshot;
  }
  EXPECT_EQ(&pages.edit(index), place);
  const auto snapshot = pages.snapshot();
  EXPECT_NE(&pages.edit(index), place);
}

// For ThreadSanitizer: a page is not written before its last reader has released it.
TEST(CowPages, NeverChangesWhatAnotherThreadStillReads) {
  CowPages<int> pages;
  for (std::size_t i = 0; i < CowPages<int>::kPageSize; ++i) pages.add();
  std::mutex mutex;
  CowPages<int>::Snapshot given;
  std::atomic<bool> is_over = false;
  std::atomic<bool> has_differed = false;
  std::thread reader([&] {
    while (!is_over) {
      CowPages<int>::Snapshot snapshot;
      {
        const std::lock_guard lock(mutex);
        snapshot = std::move(given);
        given = {};
      }
      const std::vector<int> items = items_of(snapshot);
      for (const int item : items) has_differed = has_differed || item != items.front();
    }
  });
  for (int round = 1; round < 2000; ++round) {
    for (std::uint32_t i = 0; i < CowPages<int>::kPageSize; ++i) pages.edit(i) = round;
    auto snapshot = pages.snapshot();
    const std::lock_guard lock(mutex);
    given = std::move(snapshot);
  }
  is_over = true;
  reader.join();
  EXPECT_FALSE(has_differed);
}

TEST(CowPages, UntouchedPagesAreSharedBetweenSnapshots) {
  CowPages<int> pages;
  for (std::size_t i = 0; i < 2 * CowPages<int>::kPageSize; ++i) pages.add();
  const auto before = pages.snapshot();
  pages.edit(0) = 1;
  const auto after = pages.snapshot();
  ASSERT_EQ(before.pages().size(), 2u);
  EXPECT_NE(before.pages()[0], after.pages()[0]);
  EXPECT_EQ(before.pages()[1], after.pages()[1]);
}

TEST(CowPages, PageVersionChangesExactlyWhenThePageDoes) {
  CowPages<int> pages;
  for (std::size_t i = 0; i < 2 * CowPages<int>::kPageSize; ++i) pages.add();
  const auto before = pages.snapshot();
  pages.edit(0) = 1;
  const auto after = pages.snapshot();
  EXPECT_NE(before.pages()[0]->version, after.pages()[0]->version);
  EXPECT_EQ(before.pages()[1]->version, after.pages()[1]->version);
}

TEST(CowPages, FactsVersionChangesUnlessStatisticsAloneDid) {
  CowPages<int> pages;
  const auto index = pages.add();
  const auto versions = [&] {
    const auto page = pages.snapshot().pages().front();
    return std::pair(page->version, page->facts_version);
  };
  const auto [version, facts_version] = versions();
  pages.edit_statistics(index) = 1;
  const auto after_statistics = versions();
  EXPECT_NE(after_statistics.first, version);
  EXPECT_EQ(after_statistics.second, facts_version);
  pages.edit(index) = 2;
  EXPECT_NE(versions().first, after_statistics.first);
  EXPECT_NE(versions().second, facts_version);
}

TEST(CowPages, FreedIndicesAreUsedAgainAndComeBackEmpty) {
  CowPages<int> pages;
  const auto index = pages.add();
  pages.edit(index) = 5;
  pages.remove(index);
  EXPECT_EQ(pages.size(), 0u);
  EXPECT_EQ(pages.add(), index);
  EXPECT_EQ(pages.at(index), 0);
}

}  // namespace
}  // namespace pppol2tp::model
