// The samples of one family for one block of sessions or tunnels, ready to become text in either
// format, or a compressed piece of an answer.
//
// Immutable but for the compressed pieces, which are made when they are first asked for and then
// kept. Any thread.
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

// What all families of a block have in common: the labels that every sample of an item carries.
//
// Their common beginning, as a rule all but the session's number, is kept once: so a line is made
// of a long text that is the same for all, and a few bytes of its own.
class BlockLabels {
 public:
  // What stands behind the rest of each item's labels: most lines go on like this.
  static constexpr std::string_view kEnd = "} ";

  // `texts`: in the order of the items; empty for those that are not there.
  BlockLabels(std::span<const std::string> texts, const ShardKeys& shard_keys);

  std::string_view common() const { return common_; }
  const ItemTexts& rests() const { return rests_; }  // with kEnd, which is not for all lines
  const ShardKeys& shard_keys() const { return shard_keys_; }

  bool operator==(const BlockLabels&) const = default;

 private:
  std::string common_;
  ItemTexts rests_;
  ShardKeys shard_keys_;
};

// Which of a family's lines are wanted.
struct View {
  Shard shard;
  // Each sample is followed by OpenMetrics' word on when its counter began, which is here. Null: it
  // is not.
  std::shared_ptr<const Column> start;

  bool operator==(const View&) const = default;
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

  explicit FamilyBlock(Facts facts);

  const Facts& facts() const { return facts_; }
  bool is_empty() const { return is_empty_; }

  // The sample lines of `items`.
  void append_text(TextBuffer& out, const ItemSet& items = ItemSet::all(),
                   const Column* start = nullptr) const;

  // The sample lines of `view`, whose items these are, compressed. `scratch` is overwritten.
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
  // Guarded by mutex_. Kept are the whole and the shards of one sharding, so that a client that
  // asks for ever other ones makes nothing grow.
  mutable std::shared_ptr<const Segment> whole_;
  mutable std::vector<Part> parts_;
};

}  // namespace pppol2tp::metrics
