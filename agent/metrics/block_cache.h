// Keeps the blocks of all sessions, or of all tunnels, between scrapes. What has not changed is the
// same object as before, with everything that was made from it.
//
// Thread-safe. Concurrent scrapes share what they make. One waits for another only if both need the
// same block, for as long as it takes to make it (some 0.1 ms).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/base/guarded.h"
#include "agent/metrics/family_block.h"
#include "agent/metrics/schema.h"

namespace pppol2tp::metrics {

// One block of the model with all families.
struct Block {
  // The versions of the pages that it was made from; 0 for a page that does not exist.
  struct Origin {
    std::array<std::uint64_t, kPagesInBlock> versions{};
    std::array<std::uint64_t, kPagesInBlock> facts_versions{};
    std::int64_t realtime_offset_ns = 0;

    bool operator==(const Origin&) const = default;
  };
  Origin origin;
  std::uint64_t label_hash = 0;

  std::shared_ptr<const BlockLabels> labels;
  std::vector<std::shared_ptr<const FamilyBlock>> families;  // in the order of families_of()

  // When each item's counters began; null if the schema does not say or no item has any.
  std::shared_ptr<const Column> start_time;
};

template <typename Item>
class BlockCache {
 public:
  using Pages = std::vector<std::shared_ptr<const Page<Item>>>;
  using Blocks = std::vector<std::shared_ptr<const Block>>;

  // `common_labels` names the labels of `described_by` that every sample gets.
  BlockCache(const Schema<Item>& schema, Scope scope, FamilyId described_by,
             const std::vector<std::string>& common_labels);

  // The families of each block, in order.
  const std::vector<FamilyId>& families() const { return families_; }

  // Releases each page as soon as its values are extracted, so that the model can change it without
  // a copy.
  Blocks blocks(Pages pages, std::int64_t realtime_offset_ns);

 private:
  struct FamilyRows {
    FamilyId family;
    bool is_statistics;  // does not depend on anything that facts_version covers
    std::span<const ValueRow<Item>> values;
    std::vector<LabelRow<Item>> own_labels;
  };
  using Part = std::span<const std::shared_ptr<const Page<Item>>>;

  std::shared_ptr<const Block> renew(const std::shared_ptr<const Block>& before, Part pages,
                                     std::int64_t realtime_offset_ns) const;
  std::shared_ptr<const FamilyBlock> renew_family(const FamilyRows& rows,
                                                  const std::shared_ptr<const FamilyBlock>& before,
                                                  const Block& block, bool labels_may_differ,
                                                  Part pages, ColumnDraft& draft) const;
  std::uint64_t label_hash(Part pages) const;
  BlockLabels make_labels(Part pages) const;
  ItemTexts make_own_labels(const FamilyRows& rows, const std::vector<FamilyBlock::Row>& columns,
                            Part pages) const;

  const Schema<Item>& schema_;
  std::vector<LabelRow<Item>> common_labels_;
  std::vector<FamilyId> families_;
  std::vector<FamilyRows> rows_;  // in the order of families_

  using Entry = Guarded<std::shared_ptr<const Block>>;
  Entry& entry(std::size_t number);
  Guarded<std::deque<Entry>> entries_;  // a deque does not move its elements
};

extern template class BlockCache<model::Session>;
extern template class BlockCache<model::Tunnel>;

}  // namespace pppol2tp::metrics
