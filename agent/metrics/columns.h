// The values of a block of sessions (or tunnels), extracted from the model and stored by column:
// for each row of the metric table the values of all items, and for each item the text of its
// labels. A line of text is made from these by a few short copies, so the text itself need not be
// stored.
//
// Everything here is immutable once it is shared, and is reused by later scrapes until it changes.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/metrics/item_set.h"
#include "agent/metrics/number.h"

namespace pppol2tp::metrics {

// One number for each item that has one. All are of one kind, because they come from one row of the
// metric table. If all are equal, as in most columns other than counters, the number is stored
// once.
class Column {
 public:
  enum class Kind : std::uint8_t { integer, real, nanoseconds };

  // `numbers`: one for each item, 0 for absent ones; or the single number that all items have.
  Column(Kind kind, const ItemSet& present, std::vector<std::uint64_t> numbers)
      : kind_(kind), present_(present), numbers_(std::move(numbers)) {}

  Kind kind() const { return kind_; }
  const ItemSet& present() const { return present_; }

  // Whether all present items have the same number.
  bool is_constant() const { return numbers_.size() == 1; }

  // For a present item only.
  std::uint64_t number_of(std::size_t item) const { return numbers_[is_constant() ? 0 : item]; }

  // By item, unless is_constant().
  const std::uint64_t* numbers() const { return numbers_.data(); }

  bool operator==(const Column&) const = default;

 private:
  Kind kind_;
  ItemSet present_;
  std::vector<std::uint64_t> numbers_;
};

// A column's values, before it is known whether they differ from the last scrape's. Times are
// converted to Unix times here, so that a column contains everything that its text depends on.
class ColumnDraft {
 public:
  // Starts again, empty.
  void clear(std::int64_t realtime_offset_ns) {
    numbers_ = {};
    is_there_ = {};
    realtime_offset_ns_ = realtime_offset_ns;
  }

  void set(std::size_t item, const Number& number) {
    std::uint64_t bits = number.integer;
    Column::Kind kind = Column::Kind::integer;
    switch (number.kind) {
      case Number::Kind::integer:
        break;
      case Number::Kind::real:
        bits = std::bit_cast<std::uint64_t>(number.real);
        kind = Column::Kind::real;
        break;
      case Number::Kind::nanoseconds:
        kind = Column::Kind::nanoseconds;
        break;
      case Number::Kind::boottime:
        bits += static_cast<std::uint64_t>(realtime_offset_ns_);
        kind = Column::Kind::nanoseconds;
        break;
    }
    numbers_[item] = bits;
    is_there_[item] = 1;
    kind_ = kind;
  }

  // Returns `before` if nothing changed; null if no item has a number.
  std::shared_ptr<const Column> finish(const std::shared_ptr<const Column>& before) const;

 private:
  // The number of an item that has one, and whether all other items have the same.
  struct Sample {
    std::uint64_t number;
    bool is_everybodys;
  };
  Sample sample(std::size_t item) const;

  std::array<std::uint64_t, kItemsInBlock> numbers_{};
  std::array<std::uint8_t, kItemsInBlock> is_there_{};
  Column::Kind kind_ = Column::Kind::integer;
  std::int64_t realtime_offset_ns_ = 0;
};

// One page's part of a draft.
class ColumnPart {
 public:
  ColumnPart(ColumnDraft& draft, std::size_t first_item) : draft_(draft), first_(first_item) {}

  void set(std::size_t item, const Number& number) { draft_.set(first_ + item, number); }

 private:
  ColumnDraft& draft_;
  std::size_t first_;
};

// How many bytes beyond its end a text must be readable: it is copied in strides of this size.
inline constexpr std::size_t kStride = 16;

// A text for each item, in one piece of memory.
class ItemTexts {
 public:
  // Add the items' texts in order; an absent item has an empty one.
  void add(std::string_view text) {
    bytes_ += text;
    ends_[++count_] = static_cast<std::uint32_t>(bytes_.size());
  }
  void finish() {
    for (; count_ < kItemsInBlock; ++count_) ends_[count_ + 1] = ends_[count_];
    size_ = bytes_.size();
    bytes_.append(kStride, '\0');
    bytes_.shrink_to_fit();
  }

  const char* begin_of(std::size_t item) const { return bytes_.data() + ends_[item]; }
  std::size_t size_of(std::size_t item) const { return ends_[item + 1] - ends_[item]; }
  std::size_t size() const { return size_; }

  bool operator==(const ItemTexts&) const = default;

 private:
  std::string bytes_;
  std::array<std::uint32_t, kItemsInBlock + 1> ends_{};
  std::size_t count_ = 0;
  std::size_t size_ = 0;
};

// The part of the sessions that an answer shows: those whose key is in part `index` of `count`.
struct Shard {
  std::uint32_t index = 0;
  std::uint32_t count = 1;

  bool is_everything() const { return count == 1; }
  bool has(std::uint32_t key) const { return key % count == index; }

  bool operator==(const Shard&) const = default;
};

// Each item's key for sharding.
using ShardKeys = std::array<std::uint32_t, kItemsInBlock>;

// The items of a block that belong to `shard`.
ItemSet items_of(const Shard& shard, const ShardKeys& keys);

}  // namespace pppol2tp::metrics
