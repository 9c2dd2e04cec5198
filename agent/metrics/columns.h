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

// How many bytes beyond its end a text must be readable: it is copied in strides of this size.
inline constexpr std::size_t kStride = 16;

// A text for each item, in one piece of memory.
class ItemTexts {
 public:
  // To read them in a loop that also writes text: what it writes cannot change this copy of where
  // they are, which the compiler would not know of the object itself.
  class View {
   public:
    const char* begin_of(std::size_t item) const { return bytes_ + ends_[item]; }
    std::size_t size_of(std::size_t item) const { return ends_[item + 1] - ends_[item]; }

   private:
    friend class ItemTexts;
    const char* bytes_;
    const std::uint32_t* ends_;
  };

  // Add the items' texts in order; an absent item has an empty one.
  void add(std::string_view text) {
    bytes_ += text;
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  }
  void finish() {
    bytes_.append(kStride, '\0');
    bytes_.shrink_to_fit();
    ends_.shrink_to_fit();
  }

  // Of those items that have been added; valid as long as the object is.
  View view() const {
    View view;
    view.bytes_ = bytes_.data();
    view.ends_ = ends_.data();
    return view;
  }

  // Of all texts together.
  std::size_t size() const { return ends_.back(); }

  bool operator==(const ItemTexts&) const = default;

 private:
  std::string bytes_;
  std::vector<std::uint32_t> ends_{0};  // behind a 0
};

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

  // Writes a present item's number (or any item's if is_constant()) at `out`, where kMaxNumberBytes
  // must be free; returns its end.
  char* write(char* out, std::size_t item) const;

  // All numbers as text, if that was kept. Null for integers, which are written as quickly as a
  // text is copied, and if is_constant().
  const ItemTexts* texts() const { return texts_.get(); }

  // Call before the column is shared.
  void keep_texts();

  bool operator==(const Column& other) const {
    return kind_ == other.kind_ && present_ == other.present_ && numbers_ == other.numbers_;
  }

 private:
  Kind kind_;
  ItemSet present_;
  std::vector<std::uint64_t> numbers_;
  std::unique_ptr<const ItemTexts> texts_;  // made from the rest
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

// The part of the sessions that an answer shows: those whose key is in part `index` of `count`.
struct Shard {
  std::uint32_t index = 0;
  std::uint32_t count = 1;

  bool is_everything() const { return count == 1; }
  bool has(std::uint32_t key) const { return key % count == index; }

  bool operator==(const Shard&) const = default;
};

// Each item's key for sharding.
using ShardKeys = std::vector<std::uint32_t>;

// The items of a block that belong to `shard`.
ItemSet items_of(const Shard& shard, const ShardKeys& keys);

}  // namespace pppol2tp::metrics
