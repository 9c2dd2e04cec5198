#include "agent/metrics/family_block.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "agent/base/concat.h"
#include "agent/metrics/text_writer.h"

namespace pppol2tp::metrics {
namespace {

// A short text that is copied often: in strides, which is why it is padded to a whole one.
class Piece {
 public:
  explicit Piece(std::string text) : bytes_(std::move(text)), size_(bytes_.size()) {
    bytes_.append(kStride, '\0');
  }
  const char* data() const { return bytes_.data(); }
  std::size_t size() const { return size_; }

 private:
  std::string bytes_;
  std::size_t size_;
};

// Copies whole strides: may read and write up to one beyond `size`. Twice as fast as memcpy(3) for
// the lengths that labels have, because it needs no decision between sizes.
char* copy(char* out, const char* text, std::size_t size) {
  for (std::size_t i = 0; i < size; i += kStride) std::memcpy(out + i, text + i, kStride);
  return out + size;
}

char* write_value(char* out, Column::Kind kind, std::uint64_t bits) {
  switch (kind) {
    case Column::Kind::integer:
      return write_integer(out, bits);
    case Column::Kind::nanoseconds:
      return write_seconds(out, bits);
    case Column::Kind::real:
      return write_real(out, std::bit_cast<double>(bits));
    case Column::Kind::absent:
      break;
  }
  return out;
}

// Puts together the lines of one row.
class LineWriter {
 public:
  LineWriter(const FamilyBlock::Facts& facts, std::string_view name, std::string_view label)
      : facts_(facts),
        opening_(concat(name, '{')),
        closing_(concat(label.empty() ? "" : ",", label, "} ")) {}

  // What its line takes at most, the strides' overhang included.
  std::size_t most_bytes(std::size_t item) const {
    const std::size_t own = facts_.own_labels ? 1 + facts_.own_labels->size_of(item) : 0;
    return opening_.size() + facts_.labels->texts.size_of(item) + own + closing_.size() +
           kMaxNumberBytes + 1 + kStride;
  }

  char* write(char* out, std::size_t item, const Column& column) const {
    const ItemTexts& labels = facts_.labels->texts;
    out = copy(out, opening_.data(), opening_.size());
    out = copy(out, labels.begin_of(item), labels.size_of(item));
    if (facts_.own_labels && facts_.own_labels->size_of(item) != 0) {
      *out++ = ',';
      out = copy(out, facts_.own_labels->begin_of(item), facts_.own_labels->size_of(item));
    }
    out = copy(out, closing_.data(), closing_.size());
    out = write_value(out, column.kinds[item], column.bits[item]);
    *out++ = '\n';
    return out;
  }

 private:
  const FamilyBlock::Facts& facts_;
  Piece opening_;
  Piece closing_;
};

bool has(const Column* column, std::size_t item) {
  return column != nullptr && column->kinds[item] != Column::Kind::absent;
}

}  // namespace

bool FamilyBlock::is_empty() const {
  return std::all_of(facts_.rows.begin(), facts_.rows.end(),
                     [](const Row& row) { return row.column == nullptr; });
}

void FamilyBlock::append_text(TextBuffer& out, const Shard& shard, const Column* start) const {
  constexpr std::string_view kTotal = "_total";
  std::vector<LineWriter> lines;
  std::vector<LineWriter> start_lines;
  for (const Row& row : facts_.rows) {
    lines.emplace_back(facts_, facts_.name, row.label);
    if (start == nullptr) continue;
    const std::string_view base = facts_.name.substr(0, facts_.name.size() - kTotal.size());
    start_lines.emplace_back(facts_, concat(base, "_created"), row.label);
  }
  for (std::size_t item = 0; item < kItemsInBlock; ++item) {
    if (!shard.is_everything() && !shard.has(facts_.labels->shard_keys[item])) continue;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const Column* const column = facts_.rows[i].column.get();
      if (!has(column, item)) continue;
      out.commit(lines[i].write(out.reserve(lines[i].most_bytes(item)), item, *column));
      if (!has(start, item)) continue;
      out.commit(start_lines[i].write(out.reserve(start_lines[i].most_bytes(item)), item, *start));
    }
  }
}

std::shared_ptr<const Segment> FamilyBlock::segment(Deflater& deflater, TextBuffer& scratch) const {
  const std::lock_guard lock(mutex_);  // a second scrape waits for the piece instead of making it
  if (!segment_) {
    scratch.clear();
    append_text(scratch);
    segment_ = std::make_shared<const Segment>(deflater.deflate(scratch.text()));
  }
  return segment_;
}

}  // namespace pppol2tp::metrics
