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

BlockLabels::BlockLabels(std::span<const std::string> texts, const ShardKeys& shard_keys)
    : common_(common_beginning(texts)), shard_keys_(shard_keys) {
  for (const std::string& text : texts) {
    rests_.add(text.empty() ? "" : concat(std::string_view(text).substr(common_.size()), kEnd));
  }
  rests_.finish();
}

FamilyBlock::FamilyBlock(Facts facts)
    : facts_(std::move(facts)),
      is_empty_(std::all_of(facts_.rows.begin(), facts_.rows.end(),
                            [](const Row& row) { return row.column == nullptr; })) {}

// The lines of one item are adjacent.
void FamilyBlock::append_text(TextBuffer& out, const ItemSet& items, const Column* start) const {
  struct Line {
    LineWriter value;
    std::optional<LineWriter> created;
  };
  std::vector<Line> lines;
  ItemSet present;
  for (const Row& row : facts_.rows) {
    if (!row.column) continue;
    Line& line = lines.emplace_back(Line{{facts_, facts_.name, row.label, *row.column}, {}});
    if (start != nullptr) {
      line.created.emplace(facts_, created_name(facts_.name), row.label, *start);
    }
    present |= row.column->present();
  }
  present &= items;
  const std::size_t count = present.size();
  std::size_t most_bytes = 0;
  for (const Line& line : lines) {
    most_bytes +=
        line.value.most_bytes(count) + (line.created ? line.created->most_bytes(count) : 0);
  }
  char* at = out.reserve(most_bytes);
  if (lines.size() == 1 && start == nullptr) {
    at = lines.front().value.write(at, present);
  } else {
    present.for_each([&](std::size_t item) {
      for (const auto& [value, created] : lines) {
        if (!value.items().has(item)) continue;
        at = value.write(at, item);
        if (created && created->items().has(item)) at = created->write(at, item);
      }
    });
  }
  out.commit(at);
}

std::shared_ptr<const Segment> FamilyBlock::segment(const View& view, const ItemSet& items,
                                                    Deflater& deflater, TextBuffer& scratch) const {
  const std::lock_guard lock(mutex_);  // a second scrape waits for the piece instead of making it
  std::shared_ptr<const Segment>& place = place_for(view);
  if (!place) {
    scratch.clear();
    append_text(scratch, items, view.start.get());
    place = std::make_shared<const Segment>(deflater.deflate(scratch.text()));
  }
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
