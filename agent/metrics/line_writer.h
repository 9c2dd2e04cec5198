// Writes the sample lines of one row of a family. A scrape spends its time here: each line takes a
// few nanoseconds.
//
//   pppol2tp_session_accm{tunnel_id="7",session_id="1234",direction="receive"} 655360
//   opening                                          rest closing              value  joint
//
// The joint is the line's end and the next line's opening: one copy, because both are the same for
// all items. If all items have the same value, the joint begins with closing and value.
#pragma once

#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>

#include "agent/metrics/family_block.h"

namespace pppol2tp::metrics {

// A short text that is copied often, in strides; so it is padded to whole strides.
class PaddedText {
 public:
  // Joins the pieces.
  PaddedText(std::initializer_list<std::string_view> pieces);

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

  // The most bytes that write() changes for `count` items.
  std::size_t most_bytes(std::size_t count) const;

  // Writes the lines of `items`, which the column has, at `out`, and returns their end.
  char* write(char* out, const ItemSet& items) const;

  const ItemSet& items() const { return column_.present(); }

 private:
  const ItemTexts& rests_;
  const ItemTexts* own_labels_;  // of the family, between rest and closing
  const Column& column_;
  bool is_plain_;  // neither family nor row has labels of its own: the rest is closing, too
  PaddedText opening_;
  PaddedText closing_;
  PaddedText joint_;
};

}  // namespace pppol2tp::metrics
