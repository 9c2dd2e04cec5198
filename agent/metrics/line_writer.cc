#include "agent/metrics/line_writer.h"

#include <bit>
#include <type_traits>
#include <utility>

#include "agent/base/concat.h"
#include "agent/metrics/text_writer.h"

namespace pppol2tp::metrics {
namespace {

// Copies whole strides, one at the least: may read and write up to one beyond `size`. Faster than
// memcpy(3) for the lengths that labels have, because it hardly ever has to decide anything.
char* copy(char* out, const char* text, std::size_t size) {
  std::memcpy(out, text, kStride);
  for (std::size_t i = kStride; i < size; i += kStride) {
    std::memcpy(out + i, text + i, kStride);
  }
  return out + size;
}

char* write_value(char* out, Column::Kind kind, std::uint64_t bits) {
  switch (kind) {
    case Column::Kind::integer:
      return write_integer(out, bits);
    case Column::Kind::nanoseconds:
      return write_seconds(out, bits);
    case Column::Kind::real:
      break;
  }
  return write_real(out, std::bit_cast<double>(bits));
}

std::string closing_of(std::string_view label, const Column& column, bool is_plain) {
  std::string closing;
  if (!is_plain) closing = concat(label.empty() ? "" : ",", label, BlockLabels::kEnd);
  if (!column.is_constant()) return closing;
  char value[kMaxNumberBytes];
  const char* const end = write_value(value, column.kind(), column.number_of(0));
  return concat(closing, std::string_view(value, static_cast<std::size_t>(end - value)), '\n');
}

// What the lines of a row have in common, where the compiler knows that nobody else changes it: for
// all it knows, the bytes that are written could be anything of ours.
struct Parts {
  std::string_view opening;
  std::string_view closing;
  const ItemTexts* labels;
  const ItemTexts* own_labels;
  const Column* column;
};

template <bool kIsPlain, bool kIsConstant>
inline char* write_line(char* out, const Parts& parts, std::size_t item) {
  out = copy(out, parts.opening.data(), parts.opening.size());
  out = copy(out, parts.labels->begin_of(item), parts.labels->size_of(item));
  if constexpr (!kIsPlain) {
    out -= BlockLabels::kEnd.size();
    if (parts.own_labels != nullptr && parts.own_labels->size_of(item) != 0) {
      *out++ = ',';
      out = copy(out, parts.own_labels->begin_of(item), parts.own_labels->size_of(item));
    }
  }
  if constexpr (!kIsPlain || kIsConstant) {
    out = copy(out, parts.closing.data(), parts.closing.size());
  }
  if constexpr (!kIsConstant) {
    out = write_value(out, parts.column->kind(), parts.column->numbers()[item]);
    *out++ = '\n';
  }
  return out;
}

// Calls `write` with two constants: whether the lines are plain, and whether all have the same
// value.
template <typename Write>
char* choose(bool is_plain, const Parts& parts, Write&& write) {
  using std::false_type;
  using std::true_type;
  if (is_plain) {
    return parts.column->is_constant() ? write(true_type(), true_type())
                                       : write(true_type(), false_type());
  }
  return parts.column->is_constant() ? write(false_type(), true_type())
                                     : write(false_type(), false_type());
}

}  // namespace

PaddedText::PaddedText(std::string text) : bytes_(std::move(text)), size_(bytes_.size()) {
  bytes_.append(kStride, '\0');
}

LineWriter::LineWriter(const FamilyBlock::Facts& facts, std::string_view name,
                       std::string_view label, const Column& column)
    : labels_(facts.labels->rests()),
      own_labels_(facts.own_labels.get()),
      column_(column),
      is_plain_(own_labels_ == nullptr && label.empty()),
      opening_(concat(name, '{', facts.labels->common())),
      closing_(closing_of(label, column, is_plain_)) {}

std::size_t LineWriter::most_bytes(std::size_t count) const {
  const std::size_t own = own_labels_ != nullptr ? own_labels_->size() + count : 0;
  return labels_.size() + own + count * (opening_.size() + closing_.size() + kMaxNumberBytes + 1) +
         kStride;
}

char* LineWriter::write(char* out, std::size_t item) const {
  const Parts parts{opening_.text(), closing_.text(), &labels_, own_labels_, &column_};
  return choose(is_plain_, parts, [&](auto is_plain, auto is_constant) {
    return write_line<is_plain, is_constant>(out, parts, item);
  });
}

char* LineWriter::write(char* out, const ItemSet& items) const {
  const Parts parts{opening_.text(), closing_.text(), &labels_, own_labels_, &column_};
  return choose(is_plain_, parts, [&, parts](auto is_plain, auto is_constant) {
    char* at = out;
    items.for_each(
        [&, parts](std::size_t item) { at = write_line<is_plain, is_constant>(at, parts, item); });
    return at;
  });
}

}  // namespace pppol2tp::metrics
