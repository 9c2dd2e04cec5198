// The rows of the metric table for sessions and for tunnels, as functions over a page of the model.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "agent/metrics/catalogue.h"
#include "agent/metrics/columns.h"
#include "agent/metrics/text_writer.h"
#include "agent/model/cow_pages.h"
#include "agent/model/session.h"

namespace pppol2tp::metrics {

template <typename Item>
using Page = typename model::CowPages<Item>::Page;

template <typename Item>
struct ValueRow {
  FamilyId family;
  std::string_view label;  // ready for use: name="value", or nothing
  bool is_statistics;      // uses only what CowPages::edit_statistics() changes
  void (*fill)(const Page<Item>& page, ColumnPart& part);
};

template <typename Item>
struct LabelRow {
  FamilyId family;
  std::string_view name;
  void (*add)(LabelList& labels, std::string_view name, const Item& item);
};

template <typename Item>
struct Schema {
  std::span<const ValueRow<Item>> values;  // the rows of one family are adjacent
  std::span<const LabelRow<Item>> labels;
  // The labels that every sample carries.
  void (*identify)(LabelList& labels, const Item& item);
  // A hash of everything that label rows may use: a row's label must not depend on anything else.
  std::uint64_t (*hash_of_label_facts)(const Item& item);
  // The family that says when an item's counters began, if there is one.
  std::optional<FamilyId> start_time;
};

const Schema<model::Session>& session_schema();
const Schema<model::Tunnel>& tunnel_schema();

// A family's rows of a table; they are adjacent.
template <typename Row>
std::span<const Row> rows_of(std::span<const Row> all, FamilyId family) {
  std::size_t first = 0;
  while (first < all.size() && all[first].family != family) ++first;
  std::size_t last = first;
  while (last < all.size() && all[last].family == family) ++last;
  return all.subspan(first, last - first);
}

}  // namespace pppol2tp::metrics
