// What a block of sessions (or tunnels) shows, taken out of the model and stored by column: for
// each row of the metric table the values of all items, and for each item the text of its labels.
// From here a line of text is put together by a few short copies, so text itself need not be kept.
//
// Everything here is immutable once it is shared, and shared from one scrape to the next as long as
// it stays the same.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/metrics/number.h"
#include "agent/model/cow_pages.h"
#include "agent/model/session.h"

namespace pppol2tp::metrics {

// Some pages of the model: enough that compressing a block by itself costs little in size.
inline constexpr std::size_t kPagesInBlock = 4;
inline constexpr std::size_t kItemsInBlock =
    kPagesInBlock * model::CowPages<model::Session>::kPageSize;

// One number of each item, or none.
struct Column {
  enum class Kind : std::uint8_t { absent, integer, real, nanoseconds };

  std::array<std::uint64_t, kItemsInBlock> bits{};
  std::array<Kind, kItemsInBlock> kinds{};

  bool operator==(const Column&) const = default;
};

// Fills one page's part of a column. Times become Unix times here, so that a column says all that
// its text depends on.
class ColumnPart {
 public:
  ColumnPart(Column& column, std::size_t first_item, std::int64_t realtime_offset_ns)
      : column_(column), first_(first_item), realtime_offset_ns_(realtime_offset_ns) {}

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
    column_.bits[first_ + item] = bits;
    column_.kinds[first_ + item] = kind;
  }

 private:
  Column& column_;
  std::size_t first_;
  std::int64_t realtime_offset_ns_;
};

// How far beyond its end a text may be read: copies are made in strides of this.
inline constexpr std::size_t kStride = 16;

// A text for each item, all in one piece of memory.
class ItemTexts {
 public:
  // The items' texts are added in their order; an item that is not there has an empty one.
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

// Which part of the sessions an answer shows: those whose key falls to `index` of `count`.
struct Shard {
  std::uint32_t index = 0;
  std::uint32_t count = 1;

  bool is_everything() const { return count == 1; }
  bool has(std::uint32_t key) const { return key % count == index; }
};

// Where each item belongs when answers are sharded.
using ShardKeys = std::array<std::uint32_t, kItemsInBlock>;

}  // namespace pppol2tp::metrics
