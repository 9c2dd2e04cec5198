// A growing array in pages with immutable snapshots, each of which costs one pointer per page. A
// page that a snapshot refers to is copied before it is changed. So the owner never waits for
// readers, and a snapshot never changes while it is read. Readers should release each page as soon
// as they have read it.
//
// Indices are stable; freed ones are used again. One thread owns the array. Snapshots may be passed
// to any thread and may outlive the array.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace pppol2tp::model {

template <typename T>
class CowPages {
 public:
  static constexpr std::size_t kPageSize = 256;

  struct Page {
    // Both change whenever the page changes, except that edit_statistics() leaves the second alone:
    // renderers may use them as cache keys. Never 0 on a page that has items.
    std::uint64_t version = 0;
    std::uint64_t facts_version = 0;
    std::array<bool, kPageSize> used{};
    std::array<T, kPageSize> items{};
  };

  class Snapshot {
   public:
    template <typename Visit>
    void for_each(Visit&& visit) const {
      for (const auto& page : pages_) {
        for (std::size_t i = 0; i < kPageSize; ++i) {
          if (page->used[i]) visit(page->items[i]);
        }
      }
    }
    const std::vector<std::shared_ptr<const Page>>& pages() const { return pages_; }

    // Like for_each(), but only once: releases each page as soon as it has been visited, so that a
    // page that the owner has copied meanwhile does not exist twice for longer than needed.
    template <typename Visit>
    void drain(Visit&& visit) {
      for (auto& kept : pages_) {
        const auto page = std::exchange(kept, nullptr);
        for (std::size_t i = 0; i < kPageSize; ++i) {
          if (page->used[i]) visit(page->items[i]);
        }
      }
      pages_.clear();
    }

   private:
    friend class CowPages;
    std::vector<std::shared_ptr<const Page>> pages_;
  };

  std::uint32_t add() {
    if (free_.empty()) grow();
    const std::uint32_t index = free_.back();
    free_.pop_back();
    Page& page = own(index / kPageSize);
    page.used[index % kPageSize] = true;
    page.items[index % kPageSize] = T{};
    ++size_;
    return index;
  }

  void remove(std::uint32_t index) {
    Page& page = own(index / kPageSize);
    page.used[index % kPageSize] = false;
    page.items[index % kPageSize] = T{};
    free_.push_back(index);
    --size_;
  }

  // Whether an item exists at this index.
  bool has(std::uint32_t index) const {
    return index / kPageSize < pages_.size() &&
           pages_[index / kPageSize]->page.used[index % kPageSize];
  }

  // For reading. The reference is valid until the next call that changes the array: an edit() of
  // any item may copy its whole page.
  const T& at(std::uint32_t index) const {
    return pages_[index / kPageSize]->page.items[index % kPageSize];
  }

  // For writing. The reference is valid until the next snapshot() or add().
  T& edit(std::uint32_t index) { return own(index / kPageSize).items[index % kPageSize]; }

  // Like edit(), if only fields change that T calls its statistics, which change all the time.
  T& edit_statistics(std::uint32_t index) {
    Page& page = own_statistics(index / kPageSize);
    return page.items[index % kPageSize];
  }

  std::size_t size() const { return size_; }

  // Visits (index, item) of all items.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t p = 0; p < pages_.size(); ++p) {
      for (std::size_t i = 0; i < kPageSize; ++i) {
        if (pages_[p]->page.used[i]) {
          visit(static_cast<std::uint32_t>(p * kPageSize + i), pages_[p]->page.items[i]);
        }
      }
    }
  }

  // Visits up to `most` items, from index `cursor` on and around the end, each at most once. Sets
  // `cursor` to where the next call goes on.
  template <typename Visit>
  void visit_some(std::uint32_t& cursor, std::size_t most, Visit&& visit) const {
    const std::size_t places = pages_.size() * kPageSize;
    for (std::size_t seen = 0, visited = 0; seen < places && visited < most; ++seen) {
      if (cursor >= places) cursor = 0;
      if (pages_[cursor / kPageSize]->page.used[cursor % kPageSize]) {
        visit(at(cursor));
        ++visited;
      }
      ++cursor;
    }
  }

  Snapshot snapshot() {
    Snapshot result;
    result.pages_.reserve(pages_.size());
    for (const auto& lent : pages_) result.pages_.push_back(lend(lent));
    return result;
  }

 private:
  // A page, and the number of snapshots that refer to it.
  struct Lent {
    Lent() = default;
    explicit Lent(const Page& original) : page(original) {}

    Page page;
    std::atomic<std::uint32_t> readers{0};
  };

  static std::shared_ptr<const Page> lend(const std::shared_ptr<Lent>& lent) {
    lent->readers.fetch_add(1, std::memory_order_relaxed);
    // Release: the reader's loads from the page come before own_statistics() sees 0.
    return {&lent->page,
            [lent](const Page*) { lent->readers.fetch_sub(1, std::memory_order_release); }};
  }

  void grow() {
    const auto first = static_cast<std::uint32_t>(pages_.size() * kPageSize);
    pages_.push_back(std::make_shared<Lent>());
    for (std::uint32_t i = kPageSize; i > 0; --i) free_.push_back(first + i - 1);
  }

  Page& own(std::size_t number) {
    Page& page = own_statistics(number);
    page.facts_version = page.version;
    return page;
  }

  Page& own_statistics(std::size_t number) {
    std::shared_ptr<Lent>& lent = pages_[number];
    // Acquire: pairs with the release in lend().
    if (lent->readers.load(std::memory_order_acquire) != 0) {
      lent = std::make_shared<Lent>(lent->page);
    }
    lent->page.version = ++versions_;
    return lent->page;
  }

  std::vector<std::shared_ptr<Lent>> pages_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
  std::uint64_t versions_ = 0;
};

}  // namespace pppol2tp::model
