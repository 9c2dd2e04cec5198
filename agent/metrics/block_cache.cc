#include "agent/metrics/block_cache.h"

#include <algorithm>

#include "agent/metrics/hash.h"

namespace pppol2tp::metrics {
namespace {

constexpr std::size_t kPageSize = model::CowPages<model::Session>::kPageSize;

// Returns the previous object if it equals `fresh`: then everything made from it stays valid.
template <typename T>
std::shared_ptr<const T> keep_if_equal(const std::shared_ptr<const T>& before, T&& fresh) {
  if (before && *before == fresh) return before;
  return std::make_shared<const T>(std::forward<T>(fresh));
}

template <typename Pages>
Block::Origin origin_of(const Pages& pages, std::int64_t realtime_offset_ns) {
  Block::Origin origin;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    origin.versions[i] = pages[i]->version;
    origin.facts_versions[i] = pages[i]->facts_version;
  }
  origin.realtime_offset_ns = realtime_offset_ns;
  return origin;
}

// Whether two differ only in statistics, which all sessions report all the time.
bool have_same_facts(const Block::Origin& a, const Block::Origin& b) {
  return a.facts_versions == b.facts_versions && a.realtime_offset_ns == b.realtime_offset_ns;
}

// Visits (place in the block, item) for each item, and (place, null) for each empty place.
template <typename Pages, typename Visit>
void for_each_place(const Pages& pages, Visit&& visit) {
  std::size_t place = 0;
  for (const auto& page : pages) {
    for (std::size_t i = 0; i < kPageSize; ++i) {
      visit(place++, page->used[i] ? &page->items[i] : nullptr);
    }
  }
}

// Does not depend on session_labels, so a series stays in its shard.
std::uint32_t shard_key(std::string_view identifying_labels) {
  return static_cast<std::uint32_t>(
      hash_bytes(identifying_labels.data(), identifying_labels.size(), 0) >> 32);
}

}  // namespace

template <typename Item>
BlockCache<Item>::BlockCache(const Schema<Item>& schema, Scope scope, FamilyId described_by,
                             const std::vector<std::string>& common_labels)
    : schema_(schema) {
  const auto is_common = [&](const LabelRow<Item>& row) {
    return std::find(common_labels.begin(), common_labels.end(), row.name) != common_labels.end();
  };
  for (const auto& row : rows_of(schema.labels, described_by)) {
    if (is_common(row)) common_labels_.push_back(row);
  }
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    if (kFamilies[i].scope != scope) continue;
    const auto id = static_cast<FamilyId>(i);
    const auto values = rows_of(schema.values, id);
    const bool is_statistics = std::all_of(values.begin(), values.end(),
                                           [](const auto& row) { return row.is_statistics; });
    FamilyRows rows{id, is_statistics, values, {}};
    for (const auto& row : rows_of(schema.labels, id)) {
      if (!is_common(row)) rows.own_labels.push_back(row);
    }
    rows.is_statistics = rows.is_statistics && rows.own_labels.empty();
    families_.push_back(id);
    rows_.push_back(std::move(rows));
  }
}

template <typename Item>
typename BlockCache<Item>::Blocks BlockCache<Item>::blocks(Pages pages,
                                                           std::int64_t realtime_offset_ns) {
  Blocks out;
  out.reserve(pages.size() / kPagesInBlock + 1);
  for (std::size_t first = 0; first < pages.size(); first += kPagesInBlock) {
    const std::size_t count = std::min(kPagesInBlock, pages.size() - first);
    {
      auto current = entry(first / kPagesInBlock).lock();
      *current = renew(*current, Part(pages).subspan(first, count), realtime_offset_ns);
      out.push_back(*current);
    }
    for (std::size_t i = 0; i < count; ++i) pages[first + i].reset();
  }
  return out;
}

template <typename Item>
typename BlockCache<Item>::Entry& BlockCache<Item>::entry(std::size_t number) {
  auto entries = entries_.lock();
  while (entries->size() <= number) entries->emplace_back();
  return (*entries)[number];
}

template <typename Item>
std::shared_ptr<const Block> BlockCache<Item>::renew(const std::shared_ptr<const Block>& before,
                                                     Part pages,
                                                     std::int64_t realtime_offset_ns) const {
  const Block::Origin origin = origin_of(pages, realtime_offset_ns);
  if (before && before->origin == origin) return before;

  const bool statistics_alone = before && have_same_facts(before->origin, origin);
  auto block = before ? std::make_shared<Block>(*before) : std::make_shared<Block>();
  block->origin = origin;
  if (!statistics_alone) block->label_hash = label_hash(pages);
  const bool labels_may_differ = !before || before->label_hash != block->label_hash;
  if (labels_may_differ) block->labels = keep_if_equal(block->labels, make_labels(pages));
  block->families.resize(rows_.size());

  const auto draft = std::make_unique<ColumnDraft>();  // too large for 160 threads' stacks
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (statistics_alone && !rows_[i].is_statistics) continue;
    auto& family = block->families[i];
    family = renew_family(rows_[i], family, *block, labels_may_differ, pages, *draft);
    if (schema_.start_time == rows_[i].family) {
      block->start_time = family->facts().rows.front().column;
    }
  }
  return block;
}

template <typename Item>
std::shared_ptr<const FamilyBlock> BlockCache<Item>::renew_family(
    const FamilyRows& rows, const std::shared_ptr<const FamilyBlock>& before, const Block& block,
    bool labels_may_differ, Part pages, ColumnDraft& draft) const {
  FamilyBlock::Facts facts;
  facts.name = family(rows.family).name;
  facts.labels = block.labels;
  for (std::size_t i = 0; i < rows.values.size(); ++i) {
    draft.clear(block.origin.realtime_offset_ns);
    for (std::size_t page = 0; page < pages.size(); ++page) {
      ColumnPart part(draft, page * kPageSize);
      rows.values[i].fill(*pages[page], part);
    }
    const auto was = before ? before->facts().rows[i].column : nullptr;
    facts.rows.push_back({rows.values[i].label, draft.finish(was)});
  }
  if (!rows.own_labels.empty()) {
    const auto was = before ? before->facts().own_labels : nullptr;
    const bool is_same = was && !labels_may_differ && facts.rows == before->facts().rows;
    facts.own_labels = is_same ? was : keep_if_equal(was, make_own_labels(rows, facts.rows, pages));
  }
  if (before && before->facts() == facts) return before;
  return std::make_shared<const FamilyBlock>(std::move(facts));
}

template <typename Item>
std::uint64_t BlockCache<Item>::label_hash(Part pages) const {
  std::uint64_t hash = 1;
  for_each_place(pages, [&](std::size_t, const Item* item) {
    hash = mix(hash, item == nullptr ? 0 : schema_.hash_of_label_facts(*item));
  });
  return hash;
}

template <typename Item>
BlockLabels BlockCache<Item>::make_labels(Part pages) const {
  std::vector<std::string> texts;
  ShardKeys shard_keys(pages.size() * kPageSize);
  LabelList labels;
  for_each_place(pages, [&](std::size_t place, const Item* item) {
    labels.clear();
    if (item != nullptr) {
      schema_.identify(labels, *item);
      shard_keys[place] = shard_key(labels.text());
      for (const auto& row : common_labels_) row.add(labels, row.name, *item);
    }
    texts.emplace_back(labels.text());
  });
  return {texts, std::move(shard_keys)};
}

// Only items that the family has a sample of: the labels of others are not shown.
template <typename Item>
ItemTexts BlockCache<Item>::make_own_labels(const FamilyRows& rows,
                                            const std::vector<FamilyBlock::Row>& columns,
                                            Part pages) const {
  ItemTexts out;
  LabelList labels;
  for_each_place(pages, [&](std::size_t place, const Item* item) {
    labels.clear();
    const bool has_sample = std::any_of(columns.begin(), columns.end(), [&](const auto& row) {
      return row.column && row.column->present().has(place);
    });
    if (item != nullptr && has_sample) {
      for (const auto& row : rows.own_labels) row.add(labels, row.name, *item);
    }
    out.add(labels.text());
  });
  out.finish();
  return out;
}

template class BlockCache<model::Session>;
template class BlockCache<model::Tunnel>;

}  // namespace pppol2tp::metrics
