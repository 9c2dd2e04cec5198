#include "agent/metrics/family_block.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/concat.h"
#include "agent/metrics/text_writer.h"

namespace pppol2tp::metrics {
namespace {

// Some of a block's items, the last among them.
const std::vector<std::size_t> kItems = {0, 1, 2, 9, 10, 64, 1000, kItemsInBlock - 1};

std::string labels_of(std::size_t item) {
  return concat("session_id=\"", item * item, '"');
}

using Numbers = std::map<std::size_t, Number>;

Numbers numbers(const std::function<Number(std::size_t item)>& number_of) {
  Numbers out;
  for (const std::size_t item : kItems) out[item] = number_of(item);
  return out;
}

std::shared_ptr<const Column> column_of(const Numbers& numbers) {
  ColumnDraft draft;
  draft.clear(0);
  for (const auto& [item, number] : numbers) draft.set(item, number);
  return draft.finish(nullptr);
}

std::shared_ptr<const BlockLabels> block_labels() {
  std::vector<std::string> texts(kItemsInBlock);
  for (const std::size_t item : kItems) texts[item] = labels_of(item);
  return std::make_shared<const BlockLabels>(texts, ShardKeys(kItemsInBlock));
}

std::string text_of(const FamilyBlock::Facts& facts, const ItemSet& items = ItemSet::all(),
                    const Column* start = nullptr) {
  TextBuffer out;
  FamilyBlock(facts).append_text(out, items, start);
  return std::string(out.text());
}

// A line as append_sample() writes it, which has nothing to do with columns. `more`: further
// labels.
std::string line(std::string_view name, std::size_t item, std::string_view more,
                 const Number& number) {
  std::string value;
  append_number(value, number, 0);
  return concat(name, '{', labels_of(item), more, "} ", value, '\n');
}

// With names of any length, because texts are copied in strides.
void expect_lines(const Numbers& numbers, std::string_view row_label, bool with_own_labels) {
  for (std::size_t length = 1; length < 200; length += 3) {
    const std::string name(length, 'n');
    FamilyBlock::Facts facts;
    facts.name = name;
    facts.labels = block_labels();
    facts.rows = {{row_label, column_of(numbers)}};
    auto own_labels = std::make_shared<ItemTexts>();
    std::string expected;
    for (std::size_t item = 0; item < kItemsInBlock; ++item) {
      const std::string own = item % 2 == 0 ? concat("user=\"", item, '"') : "";
      own_labels->add(own);
      if (!numbers.contains(item)) continue;
      std::string more;
      if (with_own_labels && !own.empty()) more += concat(',', own);
      if (!row_label.empty()) more += concat(',', row_label);
      expected += line(name, item, more, numbers.at(item));
    }
    own_labels->finish();
    if (with_own_labels) facts.own_labels = std::move(own_labels);
    ASSERT_EQ(text_of(facts), expected);
  }
}

void expect_lines(const Numbers& numbers) {
  expect_lines(numbers, "", false);
  expect_lines(numbers, "direction=\"receive\"", false);
  expect_lines(numbers, "", true);
  expect_lines(numbers, "direction=\"receive\"", true);
}

TEST(FamilyBlock, WritesNumbersThatDiffer) {
  expect_lines(numbers([](std::size_t item) { return count(item * item * item * item); }));
}

TEST(FamilyBlock, WritesANumberThatAllHave) {
  expect_lines(numbers([](std::size_t) { return count(1500); }));
}

TEST(FamilyBlock, WritesTimes) {
  expect_lines(numbers([](std::size_t item) { return seconds(item * 1'234'567'891); }));
  expect_lines(numbers([](std::size_t) { return seconds(2'500'000'000); }));
}

TEST(FamilyBlock, WritesFractions) {
  expect_lines(numbers([](std::size_t item) { return number(static_cast<double>(item) / 7); }));
}

TEST(FamilyBlock, WritesRowAfterRow) {
  FamilyBlock::Facts facts;
  facts.name = "up";
  facts.labels = block_labels();
  facts.rows = {{"family=\"ipv4\"", column_of({{1, flag(true)}, {2, flag(false)}})},
                {"family=\"ipv6\"", nullptr},
                {"family=\"ipx\"", column_of({{1, flag(false)}})}};
  EXPECT_EQ(text_of(facts), concat(line("up", 1, ",family=\"ipv4\"", flag(true)),
                                   line("up", 2, ",family=\"ipv4\"", flag(false)),
                                   line("up", 1, ",family=\"ipx\"", flag(false))));
}

TEST(FamilyBlock, WritesOnlyTheItemsThatAreAskedFor) {
  FamilyBlock::Facts facts;
  facts.name = "up";
  facts.labels = block_labels();
  facts.rows = {{"", column_of({{1, count(10)}, {2, count(20)}, {9, count(90)}})}};
  ItemSet items = ItemSet::of_one(2);
  items.add(64);  // has no number
  EXPECT_EQ(text_of(facts, items), line("up", 2, "", count(20)));
}

TEST(FamilyBlock, WritesWhenACounterBeganAfterEachSample) {
  FamilyBlock::Facts facts;
  facts.name = "bytes_total";
  facts.labels = block_labels();
  facts.rows = {{"", column_of({{1, count(10)}, {2, count(20)}})}};
  const auto start = column_of({{1, seconds(3'500'000'000)}});
  EXPECT_EQ(text_of(facts, ItemSet::all(), start.get()),
            concat(line("bytes_total", 1, "", count(10)),
                   line("bytes_created", 1, "", seconds(3'500'000'000)),
                   line("bytes_total", 2, "", count(20))));
}

}  // namespace
}  // namespace pppol2tp::metrics
