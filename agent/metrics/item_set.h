// A subset of a block's items, by their places in it.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "agent/model/cow_pages.h"
#include "agent/model/session.h"

namespace pppol2tp::metrics {

// Some pages of the model: enough that compressing each block separately adds little to the size.
inline constexpr std::size_t kPagesInBlock = 4;
inline constexpr std::size_t kItemsInBlock =
    kPagesInBlock * model::CowPages<model::Session>::kPageSize;

class ItemSet {
 public:
  static ItemSet all() {
    ItemSet set;
    set.words_.fill(~std::uint64_t{0});
    return set;
  }

  static ItemSet of_one(std::size_t item) {
    ItemSet set;
    set.add(item);
    return set;
  }

  // The items whose byte is 1; the other bytes are 0.
  static ItemSet of(const std::array<std::uint8_t, kItemsInBlock>& flags) {
    ItemSet set;
    for (std::size_t item = 0; item < kItemsInBlock; item += 8) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, &flags[item], sizeof eight);
      // Moves the lowest bit of each byte into the highest byte, in their order.
      set.words_[item / kBits] |= (eight * 0x0102040810204080 >> 56) << item % kBits;
    }
    return set;
  }

  void add(std::size_t item) { words_[item / kBits] |= std::uint64_t{1} << item % kBits; }
  bool has(std::size_t item) const { return (words_[item / kBits] >> item % kBits & 1) != 0; }
  bool is_empty() const { return *this == ItemSet(); }

  std::size_t size() const {
    std::size_t bits = 0;
    for (const std::uint64_t word : words_) bits += static_cast<std::size_t>(std::popcount(word));
    return bits;
  }
  // For a set that is not empty.
  std::size_t first() const {
    std::size_t word = 0;
    while (words_[word] == 0) ++word;
    return word * kBits + static_cast<std::size_t>(std::countr_zero(words_[word]));
  }

  ItemSet& operator|=(const ItemSet& other) {
    for (std::size_t i = 0; i < kWords; ++i) words_[i] |= other.words_[i];
    return *this;
  }
  ItemSet& operator&=(const ItemSet& other) {
    for (std::size_t i = 0; i < kWords; ++i) words_[i] &= other.words_[i];
    return *this;
  }

  // In order.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t i = 0; i < kWords; ++i) {
      for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
        visit(i * kBits + static_cast<std::size_t>(std::countr_zero(rest)));
      }
    }
  }

  bool operator==(const ItemSet&) const = default;

 private:
  static constexpr std::size_t kBits = 64;
  static constexpr std::size_t kWords = kItemsInBlock / kBits;
  static_assert(kItemsInBlock % kBits == 0);

  std::array<std::uint64_t, kWords> words_{};
};

}  // namespace pppol2tp::metrics
