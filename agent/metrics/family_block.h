// The samples of one family for one block of sessions or tunnels, ready to be rendered as text in
// either format, or as a compressed piece of an answer.
//
// Immutable except for the compressed pieces, which are made on first use and kept. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/metrics/columns.h"
#include "agent/metrics/gzip.h"
#include "agent/metrics/text_buffer.h"

namespace pppol2tp::metrics {

// The labels that every sample of an item carries, shared by all families of a block.
//
// Their common beginning, usually everything except the session's number, is stored once. So a line
// consists of a long text that is the same for all, and a few bytes of its own.
class BlockLabels {
 public:
  // What stands behind the rest of each item's labels: most lines go on like this.
  static constexpr std::string_view kEnd = "} ";

  // `texts`: in the order of the items; empty for those that are not there.
  BlockLabels(std::span<const std::string> texts, ShardKeys shard_keys);

  std::string_view common() const { return common_; }
  const ItemTexts& rests() const { return rests_; }  // with kEnd, which is not for all lines
  const ShardKeys& shard_keys() const { return shard_keys_; }

  bool operator==(const BlockLabels&) const = default;

 private:
  std::string common_;
  ItemTexts rests_;
  ShardKeys shard_keys_;
};

// Which of a family's lines to write.
struct View {
  Shard shard;
  // When each counter began; OpenMetrics then adds it after each sample. Null: not added.
  std::shared_ptr<const Column> start;

  bool operator==(const View&) const = default;
};

class FamilyBlock {
 public:
  struct Row {
    std::string_view label;                // ready for use: name="value", or nothing
    std::shared_ptr<const Column> column;  // null: no item has a value

    bool operator==(const Row&) const = default;
  };

  // Everything that the text depends on: equal contents have equal text.
  struct Facts {
    std::string_view name;  // as samples have it
    std::shared_ptr<const BlockLabels> labels;
    std::shared_ptr<const ItemTexts> own_labels;  // of this family alone; null: none
    std::vector<Row> rows;

    bool operator==(const Facts&) const = default;
  };

  // The parts of a finer sharding are not kept: each of a thousand has a line or two, and keeping
  // it takes more memory than these lines. One of N parts also takes only about 1/N of the time to
  // make.
  static constexpr std::uint32_t kMostKeptShards = 32;

  explicit FamilyBlock(Facts facts);

  const Facts& facts() const { return facts_; }
  bool is_empty() const { return is_empty_; }

  // The sample lines of `items`, row by row.
  void append_text(TextBuffer& out, const ItemSet& items = ItemSet::all(),
                   const Column* start = nullptr) const;

  // The sample lines of `view`, which selects `items`, compressed. `scratch` is overwritten.
  std::shared_ptr<const Segment> segment(const View& view, const ItemSet& items, Deflater& deflater,
                                         TextBuffer& scratch) const;

 private:
  struct Part {
    View view;
    std::shared_ptr<const Segment> segment;
  };
  std::shared_ptr<const Segment>& place_for(const View& view) const;

  const Facts facts_;
  const bool is_empty_;
  mutable std::mutex mutex_;
  // Guarded by mutex_. Keeps the whole and the shards of one sharding only, and of a coarse one, so
  // that clients cannot make it grow by asking for ever new ones.
  mutable std::shared_ptr<const Segment> whole_;
  mutable std::vector<Part> parts_;
};

}  // namespace pppol2tp::metrics
