#include "agent/metrics/catalogue.h"
#include "agent/metrics/histogram.h"
#include "agent/metrics/render.h"
#include "agent/metrics/text_writer.h"
#include "plugin/ring/session_state.h"

namespace pppol2tp::metrics {

using ring::to_text;

void render_host(std::string& out, const model::Snapshot& snapshot) {
  const HostFacts h = host_facts(snapshot);
  LabelList labels;
  const auto header = [&](FamilyId id) {
    const Family& what = family(id);
    append_header(out, what.name, type_text(what.kind), what.help);
  };
  const auto sample = [&](FamilyId id, const Number& value) {
    append_sample(out, family(id).name, labels, value, snapshot.realtime_offset_ns);
    labels.clear();
  };
  const auto histogram = [&](FamilyId id, const Durations& durations) {
    append_histogram(out, family(id).name, labels, durations);
    labels.clear();
  };
#define HOST_VALUE(name, value) \
  header(FamilyId::name);       \
  sample(FamilyId::name, value);
#define HOST_EACH(name, label, size, text, value)    \
  header(FamilyId::name);                            \
  for (int n = 0; n < static_cast<int>(size); ++n) { \
    const auto i = static_cast<std::size_t>(n);      \
    labels.add(#label, text);                        \
    sample(FamilyId::name, value);                   \
  }
#define HOST_EACH_TRIPLE(name, list, label, text, label2, text2, label3, text3, value) \
  header(FamilyId::name);                                                              \
  for (std::size_t i = 0; const auto& e : list) {                                      \
    labels.add(#label, text);                                                          \
    labels.add(#label2, text2);                                                        \
    labels.add(#label3, text3);                                                        \
    sample(FamilyId::name, value);                                                     \
    ++i;                                                                               \
  }
#define HOST_HISTOGRAM(name, durations) \
  header(FamilyId::name);               \
  histogram(FamilyId::name, durations);
#define HOST_EACH_HISTOGRAM(name, label, size, text, durations) \
  header(FamilyId::name);                                       \
  for (int n = 0; n < static_cast<int>(size); ++n) {            \
    const auto i = static_cast<std::size_t>(n);                 \
    labels.add(#label, text);                                   \
    histogram(FamilyId::name, durations);                       \
  }
#include "agent/metrics/metrics.def"
}

}  // namespace pppol2tp::metrics
