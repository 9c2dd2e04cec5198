#include "agent/metrics/family_block.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "agent/base/concat.h"
#include "agent/metrics/line_writer.h"

namespace pppol2tp::metrics {
namespace {

// The suffix in OpenMetrics for samples that say when a counter began.
std::string created_name(std::string_view counter) {
  constexpr std::string_view kTotal = "_total";
  return concat(counter.substr(0, counter.size() - kTotal.size()), "_created");
}

std::string_view common_beginning(std::span<const std::string> texts) {
  std::optional<std::string_view> common;
  for (const std::string& text : texts) {
    if (text.empty()) continue;
    const std::string_view so_far = common.value_or(text);
    const auto differ = std::mismatch(so_far.begin(), so_far.end(), text.begin(), text.end());
    common = so_far.substr(0, static_cast<std::size_t>(differ.first - so_far.begin()));
  }
  return common.value_or(std::string_view());
}

}  // namespace

BlockLabels::BlockLabels(std::span<const std::string> texts, ShardKeys shard_keys)
    : common_(common_beginning(texts)), shard_keys_(std::move(shard_keys)) {
  for (const std::string& text : texts) {
    rests_.add(text.empty() ? "" : concat(std::string_view(text).substr(common_.size()), kEnd));
  }
  rests_.finish();
}

FamilyBlock::FamilyBlock(Facts facts)
    : facts_(std::move(facts)),
      is_empty_(std::all_of(facts_.rows.begin(), facts_.rows.end(),
                            [](const Row& row) { return row.column == nullptr; })) {}

void FamilyBlock::append_text(TextBuffer& out, const ItemSet& items, const Column* start) const {
  for (const Row& row : facts_.rows) {
    if (!row.column) continue;
    const LineWriter value(facts_, facts_.name, row.label, *row.column);
    ItemSet wanted = row.column->present();
    wanted &= items;
    const std::size_t count = wanted.size();
    if (start == nullptr) {
      out.commit(value.write(out.reserve(value.most_bytes(count)), wanted));
      continue;
    }
    const LineWriter created(facts_, created_name(facts_.name), row.label, *start);
    char* at = out.reserve(value.most_bytes(count) + created.most_bytes(count));
    wanted.for_each([&](std::size_t item) {
      const ItemSet one = ItemSet::of_one(item);
      at = value.write(at, one);
      if (created.items().has(item)) at = created.write(at, one);
    });
    out.commit(at);
  }
}

std::shared_ptr<const Segment> FamilyBlock::segment(const View& view, const ItemSet& items,
                                                    Deflater& deflater, TextBuffer& scratch) const {
  const auto make = [&] {
    scratch.clear();
    append_text(scratch, items, view.start.get());
    return std::make_shared<const Segment>(deflater.deflate(scratch.text()));
  };
  if (view.shard.count > kMostKeptShards) return make();
  const std::lock_guard lock(mutex_);  // a second scrape waits for the piece instead of making it
  std::shared_ptr<const Segment>& place = place_for(view);
  if (!place) place = make();
  return place;
}

std::shared_ptr<const Segment>& FamilyBlock::place_for(const View& view) const {
  if (view == View()) return whole_;
  const auto is_of_another_sharding = [&](const Part& part) {
    return part.view.shard.count != view.shard.count || part.view.start != view.start;
  };
  std::erase_if(parts_, is_of_another_sharding);
  const auto found = std::find_if(parts_.begin(), parts_.end(),
                                  [&](const Part& part) { return part.view == view; });
  return (found != parts_.end() ? *found : parts_.emplace_back(Part{view, nullptr})).segment;
}

}  // namespace pppol2tp::metrics
