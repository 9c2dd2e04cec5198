// The blocks of all sessions, or of all tunnels, from scrape to scrape: what did not change in
// between is the very same object as before, with all that was made from it.
//
// Thread-safe. Scrapes at the same time share what they make; one waits for another only where both
// need the same block, and for as long as it takes to make that one (some 0.1 ms).
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

// One block of the model, all families.
struct Block {
  // What it was made from; those of pages that are not there are 0.
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

  // When each item's counters began; null when the schema does not say or no item does.
  std::shared_ptr<const Column> start_time;
};

template <typename Item>
class BlockCache {
 public:
  using Pages = std::vector<std::shared_ptr<const Page<Item>>>;
  using Blocks = std::vector<std::shared_ptr<const Block>>;

  // `common_labels` names labels of `described_by` that go on every sample.
  BlockCache(const Schema<Item>& schema, Scope scope, FamilyId described_by,
             const std::vector<std::string>& common_labels);

  // The families of each block, in their order.
  const std::vector<FamilyId>& families() const { return families_; }

  // Lets go of each page as soon as it has what it needs, so that the model may change it again
  // without copying it first.
  Blocks blocks(Pages pages, std::int64_t realtime_offset_ns);

 private:
  struct FamilyRows {
    FamilyId family;
    bool is_statistics;  // has nothing that facts_version stands for
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
  Guarded<std::deque<Entry>> entries_;  // does not move them
};

extern template class BlockCache<model::Session>;
extern template class BlockCache<model::Tunnel>;

}  // namespace pppol2tp::metrics
