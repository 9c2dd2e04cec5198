#include "agent/metrics/line_writer.h"

#include <array>
#include <optional>

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

std::string value_of_all(const Column& column) {
  std::array<char, kMaxNumberBytes> text;
  return {text.data(), column.write(text.data(), 0)};
}

std::optional<ItemTexts::View> view_of(const ItemTexts* texts) {
  return texts != nullptr ? std::optional(texts->view()) : std::nullopt;
}

// Where the values of a row come from.
enum class Values : std::uint8_t { in_joint, integers, texts };

// What write_lines() needs to know of a row.
struct Parts {
  ItemTexts::View rests;
  std::optional<ItemTexts::View> own_labels;
  std::string_view opening;
  std::string_view closing;
  std::string_view joint;
  const std::uint64_t* numbers;
  std::optional<ItemTexts::View> texts;
};

// The joint has kJointStrides, so that the compiler can copy it without a loop; 0 means any number.
template <bool kIsPlain, Values kValues, std::size_t kJointStrides>
char* write_lines(char* out, const Parts parts, const ItemSet& items) {
  out = copy(out, parts.opening.data(), parts.opening.size());
  items.for_each([=, &out](std::size_t item) {
    char* at = copy(out, parts.rests.begin_of(item), parts.rests.size_of(item));
    if constexpr (!kIsPlain) {
      at -= BlockLabels::kEnd.size();
      if (parts.own_labels && parts.own_labels->size_of(item) != 0) {
        *at++ = ',';
        at = copy(at, parts.own_labels->begin_of(item), parts.own_labels->size_of(item));
      }
      if constexpr (kValues != Values::in_joint) {
        at = copy(at, parts.closing.data(), parts.closing.size());
      }
    }
    if constexpr (kValues == Values::integers) at = write_integer(at, parts.numbers[item]);
    if constexpr (kValues == Values::texts) {
      at = copy(at, parts.texts->begin_of(item), parts.texts->size_of(item));
    }
    if constexpr (kJointStrides == 0) {
      out = copy(at, parts.joint.data(), parts.joint.size());
    } else {
      std::memcpy(at, parts.joint.data(), kJointStrides * kStride);
      out = at + parts.joint.size();
    }
  });
  return out - parts.opening.size();
}

template <bool kIsPlain, Values kValues, std::size_t kJointStrides = 1>
char* choose_strides(char* out, const Parts& parts, const ItemSet& items) {
  constexpr std::size_t kMost = 8;
  if constexpr (kJointStrides <= kMost) {
    if (parts.joint.size() <= kJointStrides * kStride) {
      return write_lines<kIsPlain, kValues, kJointStrides>(out, parts, items);
    }
    return choose_strides<kIsPlain, kValues, kJointStrides + 1>(out, parts, items);
  } else {
    return write_lines<kIsPlain, kValues, 0>(out, parts, items);
  }
}

template <bool kIsPlain>
char* choose_values(char* out, const Parts& parts, const Column& column, const ItemSet& items) {
  if (column.is_constant()) return choose_strides<kIsPlain, Values::in_joint>(out, parts, items);
  if (parts.texts) return choose_strides<kIsPlain, Values::texts>(out, parts, items);
  return choose_strides<kIsPlain, Values::integers>(out, parts, items);
}

}  // namespace

// Some thousand are made for a scrape of 100,000 sessions, so each with one allocation.
PaddedText::PaddedText(std::initializer_list<std::string_view> pieces) : size_(0) {
  for (const std::string_view piece : pieces) size_ += piece.size();
  bytes_.reserve(size_ + kStride);
  for (const std::string_view piece : pieces) bytes_ += piece;
  bytes_.append(kStride, '\0');
}

LineWriter::LineWriter(const FamilyBlock::Facts& facts, std::string_view name,
                       std::string_view label, const Column& column)
    : rests_(facts.labels->rests()),
      own_labels_(facts.own_labels.get()),
      column_(column),
      is_plain_(own_labels_ == nullptr && label.empty()),
      opening_{name, "{", facts.labels->common()},
      closing_{label.empty() ? "" : ",", label, is_plain_ ? "" : BlockLabels::kEnd},
      joint_{column.is_constant() ? closing_.text() : "",
             column.is_constant() ? value_of_all(column) : "", "\n", opening_.text()} {}

std::size_t LineWriter::most_bytes(std::size_t count) const {
  const std::size_t own = own_labels_ != nullptr ? own_labels_->size() + count : 0;
  return opening_.size() + rests_.size() + own +
         count * (closing_.size() + kMaxNumberBytes + joint_.size()) + kStride;
}

char* LineWriter::write(char* out, const ItemSet& items) const {
  const Parts parts{.rests = rests_.view(),
                    .own_labels = view_of(own_labels_),
                    .opening = opening_.text(),
                    .closing = closing_.text(),
                    .joint = joint_.text(),
                    .numbers = column_.numbers(),
                    .texts = view_of(column_.texts())};
  return is_plain_ ? choose_values<true>(out, parts, column_, items)
                   : choose_values<false>(out, parts, column_, items);
}

}  // namespace pppol2tp::metrics
