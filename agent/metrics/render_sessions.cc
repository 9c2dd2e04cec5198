#include <algorithm>
#include <span>

#include "agent/metrics/catalogue.h"
#include "agent/metrics/label_text.h"
#include "agent/metrics/render.h"
#include "agent/metrics/text_writer.h"

namespace pppol2tp::metrics {
namespace {

using model::Session;

struct SampleRow {
  FamilyId family;
  std::string_view label;
  bool (*when)(const Session&);
  Number (*value)(const Session&);
};

constexpr SampleRow kSamples[] = {
#define SESSION_VALUE(name, label, when_row, value_row)                                     \
  {FamilyId::name, label, []([[maybe_unused]] const Session& s) { return bool(when_row); }, \
   []([[maybe_unused]] const Session& s) { return value_row; }},
#include "agent/metrics/metrics.def"
};

struct LabelRow {
  FamilyId family;
  std::string_view name;
  std::string (*text)(const Session&);
};

constexpr LabelRow kLabels[] = {
#define SESSION_LABEL(name, label, text_row, meaning) \
  {FamilyId::name, #label, [](const Session& s) { return std::string(text_row); }},
#include "agent/metrics/metrics.def"
};

// The rows of one family stand next to each other in the table.
template <typename Row>
std::span<const Row> rows_of(std::span<const Row> all, FamilyId family) {
  std::size_t first = 0;
  while (first < all.size() && all[first].family != family) ++first;
  std::size_t last = first;
  while (last < all.size() && all[last].family == family) ++last;
  return all.subspan(first, last - first);
}

void add_label(LabelList& labels, const LabelRow& row, const Session& session) {
  if (const std::string value = row.text(session); !value.empty()) labels.add(row.name, value);
}

// The rows of session_info whose labels go on every sample.
std::vector<LabelRow> common_rows(const std::vector<std::string>& names) {
  std::vector<LabelRow> rows;
  for (const LabelRow& row : rows_of<LabelRow>(kLabels, FamilyId::session_info)) {
    if (std::find(names.begin(), names.end(), row.name) != names.end()) rows.push_back(row);
  }
  return rows;
}

// What a family adds to the common labels.
std::vector<LabelRow> own_rows(FamilyId id, const std::vector<LabelRow>& common) {
  std::vector<LabelRow> rows;
  for (const LabelRow& row : rows_of<LabelRow>(kLabels, id)) {
    const bool is_common = std::any_of(common.begin(), common.end(), [&](const LabelRow& other) {
      return other.name == row.name;
    });
    if (!is_common) rows.push_back(row);
  }
  return rows;
}

void add_common(LabelList& labels, const Session& session, const std::vector<LabelRow>& common) {
  labels.add("tunnel_id", std::uint64_t{session.state.identity.tunnel_id});
  labels.add("session_id", std::uint64_t{session.state.identity.session_id});
  if (session.netns_name[0] != '\0') labels.add("netns", session.netns_name.data());
  for (const LabelRow& row : common) add_label(labels, row, session);
}

void render_family(std::string& out, FamilyId id, const model::Snapshot& snapshot,
                   const std::vector<LabelRow>& common) {
  const Family& what = family(id);
  append_header(out, what.name, type_text(what.kind), what.help);
  const auto samples = rows_of<SampleRow>(kSamples, id);
  const auto own = own_rows(id, common);
  LabelList labels;
  snapshot.sessions.for_each([&](const Session& session) {
    labels.clear();
    add_common(labels, session, common);
    const std::size_t common_size = labels.size();
    for (const SampleRow& sample : samples) {
      if (!sample.when(session)) continue;
      labels.cut_back_to(common_size);
      labels.add_ready(sample.label);
      for (const LabelRow& row : own) add_label(labels, row, session);
      append_sample(out, what.name, labels, sample.value(session), snapshot.realtime_offset_ns);
    }
  });
}

}  // namespace

void render_sessions(std::string& out, const model::Snapshot& snapshot,
                     const std::vector<std::string>& session_labels) {
  const auto common = common_rows(session_labels);
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    if (kFamilies[i].scope == Scope::session) {
      render_family(out, static_cast<FamilyId>(i), snapshot, common);
    }
  }
}

}  // namespace pppol2tp::metrics
