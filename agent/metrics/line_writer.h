// Writes the sample lines of one row of a family. A scrape spends its time here: each line takes
// some nanoseconds.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "agent/metrics/family_block.h"

namespace pppol2tp::metrics {

// A short text that is copied often, in strides; so it is padded to whole strides.
class PaddedText {
 public:
  explicit PaddedText(std::string text);

  std::string_view text() const { return {bytes_.data(), size_}; }
  std::size_t size() const { return size_; }

 private:
  std::string bytes_;
  std::size_t size_;
};

class LineWriter {
 public:
  // `name` as in the lines. The arguments must outlive the writing of the last line.
  LineWriter(const FamilyBlock::Facts& facts, std::string_view name, std::string_view label,
             const Column& column);

  // The most bytes that the lines of `count` items take.
  std::size_t most_bytes(std::size_t count) const;

  // Write the line of an item that the column has, or of several, at `out`, and return their end.
  char* write(char* out, std::size_t item) const;
  char* write(char* out, const ItemSet& items) const;

  const ItemSet& items() const { return column_.present(); }

 private:
  const ItemTexts& labels_;  // an item's own part of them
  const ItemTexts* own_labels_;
  const Column& column_;
  bool is_plain_;       // neither family nor row has labels of its own
  PaddedText opening_;  // up to labels_
  PaddedText closing_;  // after all labels; with the value, where that is everybody's
};

}  // namespace pppol2tp::metrics
