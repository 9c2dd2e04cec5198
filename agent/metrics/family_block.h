// The samples of one family for one block of sessions or tunnels, ready to become text in either
// format, or a compressed piece of an answer.
//
// Immutable but for the compressed piece, which is made when it is first asked for and then kept.
// Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "agent/metrics/columns.h"
#include "agent/metrics/gzip.h"
#include "agent/metrics/text_buffer.h"

namespace pppol2tp::metrics {

// What all families of a block have in common.
struct BlockLabels {
  ItemTexts texts;  // the labels that every sample of an item carries
  ShardKeys shard_keys{};

  bool operator==(const BlockLabels&) const = default;
};

class FamilyBlock {
 public:
  struct Row {
    std::string_view label;                // ready for use: name="value", or nothing
    std::shared_ptr<const Column> column;  // null: no item has it

    bool operator==(const Row&) const = default;
  };

  // What its text is made from. Two that are equal have the same text.
  struct Facts {
    std::string_view name;  // as samples have it
    std::shared_ptr<const BlockLabels> labels;
    std::shared_ptr<const ItemTexts> own_labels;  // of this family alone; null: none
    std::vector<Row> rows;

    bool operator==(const Facts&) const = default;
  };

  explicit FamilyBlock(Facts facts) : facts_(std::move(facts)) {}

  const Facts& facts() const { return facts_; }
  bool is_empty() const;

  // The sample lines of the items that belong to `shard`. With `start`, each is followed by
  // OpenMetrics' word on when the counter began.
  void append_text(TextBuffer& out, const Shard& shard = {}, const Column* start = nullptr) const;

  // All its sample lines, compressed. `scratch` is overwritten.
  std::shared_ptr<const Segment> segment(Deflater& deflater, TextBuffer& scratch) const;

 private:
  const Facts facts_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Segment> segment_;  // guarded by mutex_
};

}  // namespace pppol2tp::metrics
