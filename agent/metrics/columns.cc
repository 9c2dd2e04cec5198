#include "agent/metrics/columns.h"

#include "agent/metrics/text_writer.h"

namespace pppol2tp::metrics {

char* Column::write(char* out, std::size_t item) const {
  const std::uint64_t bits = number_of(item);
  switch (kind_) {
    case Kind::integer:
      return write_integer(out, bits);
    case Kind::nanoseconds:
      return write_seconds(out, bits);
    case Kind::real:
      break;
  }
  return write_real(out, std::bit_cast<double>(bits));
}

void Column::keep_texts() {
  if (kind_ == Kind::integer || is_constant()) return;
  auto texts = std::make_unique<ItemTexts>();
  for (std::size_t item = 0; item < numbers_.size(); ++item) {
    std::array<char, kMaxNumberBytes> text;
    texts->add({text.data(), present_.has(item) ? write(text.data(), item) : text.data()});
  }
  texts->finish();
  texts_ = std::move(texts);
}

std::shared_ptr<const Column> ColumnDraft::finish(
    const std::shared_ptr<const Column>& before) const {
  const ItemSet present = ItemSet::of(is_there_);
  if (present.is_empty()) return nullptr;
  const Sample any = sample(present.first());
  std::vector<std::uint64_t> numbers;
  if (any.is_everybodys) {
    numbers.assign(1, any.number);
  } else {
    numbers.assign(numbers_.begin(), numbers_.end());
  }
  Column fresh(kind_, present, std::move(numbers));
  if (before && *before == fresh) return before;
  fresh.keep_texts();
  return std::make_shared<const Column>(std::move(fresh));
}

ColumnDraft::Sample ColumnDraft::sample(std::size_t item) const {
  const std::uint64_t number = numbers_[item];
  std::uint64_t difference = 0;
  for (std::size_t i = 0; i < kItemsInBlock; ++i) {
    difference |= (numbers_[i] ^ number) & (is_there_[i] != 0 ? ~std::uint64_t{0} : 0);
  }
  return {number, difference == 0};
}

ItemSet items_of(const Shard& shard, const ShardKeys& keys) {
  if (shard.is_everything()) return ItemSet::all();
  ItemSet items;
  for (std::size_t item = 0; item < keys.size(); ++item) {
    if (shard.has(keys[item])) items.add(item);
  }
  return items;
}

}  // namespace pppol2tp::metrics
