#include "agent/metrics/family_writer.h"
#include "agent/metrics/render.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp::metrics {

using model::to_text;
using ring::to_text;

namespace {

void add_list_labels(LabelList& labels, FamilyId id, const model::ExpectedState& e) {
  const auto add = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) labels.add(label, value);
  };
#define HOST_LIST_LABEL(name, label, text, meaning) \
  if (id == FamilyId::name) add(#label, text);
#include "agent/metrics/metrics.def"
}

}  // namespace

// `h` is what the table's rows call it.
std::string host_text(const model::Snapshot& snapshot, const Tally& tally, Format format,
                      const FamilySet& families) {
  const HostFacts h = host_facts(snapshot, tally);
  FamilyWriter out(format, families, snapshot.realtime_offset_ns);
#define HOST_VALUE(name, value) \
  if (out.begin(FamilyId::name)) out.sample(value);
#define HOST_EACH(name, label, size, text, value)      \
  if (out.begin(FamilyId::name)) {                     \
    for (int n = 0; n < static_cast<int>(size); ++n) { \
      const auto i = static_cast<std::size_t>(n);      \
      out.labels().add(#label, text);                  \
      out.sample(value);                               \
    }                                                  \
  }
#define HOST_EACH_TRIPLE(name, list, label, text, label2, text2, label3, text3, value) \
  if (out.begin(FamilyId::name)) {                                                     \
    for (std::size_t i = 0; const auto& e : list) {                                    \
      out.labels().add(#label, text);                                                  \
      out.labels().add(#label2, text2);                                                \
      out.labels().add(#label3, text3);                                                \
      out.sample(value);                                                               \
      ++i;                                                                             \
    }                                                                                  \
  }
#define HOST_HISTOGRAM(name, durations) \
  if (out.begin(FamilyId::name)) out.histogram(durations);
#define HOST_EACH_HISTOGRAM(name, label, size, text, durations) \
  if (out.begin(FamilyId::name)) {                              \
    for (int n = 0; n < static_cast<int>(size); ++n) {          \
      const auto i = static_cast<std::size_t>(n);               \
      out.labels().add(#label, text);                           \
      out.histogram(durations);                                 \
    }                                                           \
  }
#define HOST_LIST(name, list, value)                    \
  if (out.begin(FamilyId::name)) {                      \
    for (const auto& e : list) {                        \
      add_list_labels(out.labels(), FamilyId::name, e); \
      out.sample(value);                                \
    }                                                   \
  }
#include "agent/metrics/metrics.def"
  return out.take();
}

}  // namespace pppol2tp::metrics
