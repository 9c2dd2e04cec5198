#include "agent/metrics/columns.h"

#include <gtest/gtest.h>

#include <vector>

namespace pppol2tp::metrics {
namespace {

std::vector<std::size_t> items_in(const ItemSet& set) {
  std::vector<std::size_t> items;
  set.for_each([&](std::size_t item) { items.push_back(item); });
  return items;
}

TEST(ItemSet, HasWhatWasAddedInItsOrder) {
  ItemSet set;
  EXPECT_TRUE(set.is_empty());
  for (const std::size_t item : {kItemsInBlock - 1, std::size_t{64}, std::size_t{0}}) set.add(item);
  EXPECT_EQ(items_in(set), (std::vector<std::size_t>{0, 64, kItemsInBlock - 1}));
  EXPECT_EQ(set.size(), 3u);
  EXPECT_TRUE(set.has(64));
  EXPECT_FALSE(set.has(63));
  EXPECT_EQ(set.first(), 0u);
}

TEST(ItemSet, IsMadeOfBytesThatSayWhatIsThere) {
  std::array<std::uint8_t, kItemsInBlock> flags{};
  ItemSet expected;
  for (std::size_t item = 0; item < kItemsInBlock; item += 1 + item / 3) {
    flags[item] = 1;
    expected.add(item);
  }
  EXPECT_EQ(ItemSet::of(flags), expected);
  flags.fill(1);
  EXPECT_EQ(ItemSet::of(flags), ItemSet::all());
}

TEST(ItemSet, JoinsAndIntersects) {
  ItemSet a;
  a.add(1);
  a.add(70);
  ItemSet b;
  b.add(70);
  b.add(900);
  ItemSet both = a;
  both &= b;
  ItemSet either = a;
  either |= b;
  EXPECT_EQ(items_in(both), (std::vector<std::size_t>{70}));
  EXPECT_EQ(items_in(either), (std::vector<std::size_t>{1, 70, 900}));
}

TEST(Column, IsNoneWhenNoItemHasANumber) {
  ColumnDraft draft;
  EXPECT_EQ(draft.finish(nullptr), nullptr);
}

TEST(Column, KeepsANumberThatAllHaveOnce) {
  ColumnDraft draft;
  draft.set(3, count(1500));
  draft.set(900, count(1500));
  const auto column = draft.finish(nullptr);
  EXPECT_TRUE(column->is_constant());
  EXPECT_EQ(column->number_of(900), 1500u);
  EXPECT_EQ(items_in(column->present()), (std::vector<std::size_t>{3, 900}));
}

TEST(Column, KeepsNumbersThatDifferByItem) {
  ColumnDraft draft;
  draft.set(3, count(1500));
  draft.set(900, count(1400));
  const auto column = draft.finish(nullptr);
  EXPECT_FALSE(column->is_constant());
  EXPECT_EQ(column->number_of(3), 1500u);
  EXPECT_EQ(column->number_of(900), 1400u);
}

TEST(Column, IsTheSameObjectForAsLongAsItIsTheSame) {
  ColumnDraft draft;
  const auto drawn = [&](std::uint64_t first, std::uint64_t second) {
    draft.clear(0);
    draft.set(0, count(first));
    draft.set(1, count(second));
    return draft;
  };
  const auto equal = drawn(7, 7).finish(nullptr);
  EXPECT_EQ(drawn(7, 7).finish(equal), equal);
  EXPECT_NE(drawn(8, 8).finish(equal), equal);
  const auto different = drawn(7, 8).finish(equal);
  EXPECT_NE(different, equal);
  EXPECT_EQ(drawn(7, 8).finish(different), different);
  EXPECT_NE(drawn(8, 7).finish(different), different);
}

TEST(Column, IsAnotherWhenAnItemIsMissingOrTheKindDiffers) {
  ColumnDraft draft;
  draft.set(0, count(5));
  draft.set(1, count(5));
  const auto before = draft.finish(nullptr);
  draft.clear(0);
  draft.set(0, count(5));
  EXPECT_NE(draft.finish(before), before);
  draft.clear(0);
  draft.set(0, seconds(5));
  draft.set(1, seconds(5));
  EXPECT_NE(draft.finish(before), before);
}

TEST(Column, HoldsTimesOfDay) {
  ColumnDraft draft;
  draft.clear(1'000);
  draft.set(0, at(5));
  const auto column = draft.finish(nullptr);
  EXPECT_EQ(column->kind(), Column::Kind::nanoseconds);
  EXPECT_EQ(column->number_of(0), 1'005u);
}

TEST(Shard, OfOneIsAllItems) {
  EXPECT_EQ(items_of({}, ShardKeys()), ItemSet::all());
}

TEST(Shard, HasTheItemsWhoseKeysFallToIt) {
  ShardKeys keys(kItemsInBlock);
  keys[4] = 7;
  keys[5] = 8;
  EXPECT_EQ(items_in(items_of({1, 3}, keys)), (std::vector<std::size_t>{4}));
  EXPECT_EQ(items_in(items_of({2, 3}, keys)), (std::vector<std::size_t>{5}));
}

}  // namespace
}  // namespace pppol2tp::metrics
