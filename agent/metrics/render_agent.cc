#include "agent/metrics/family_writer.h"
#include "agent/metrics/render.h"

namespace pppol2tp::metrics {
namespace {

void add_labels(LabelList& labels, FamilyId id, const AgentFacts& a) {
#define AGENT_LABEL(name, label, text, meaning) \
  if (id == FamilyId::name) labels.add_unless_empty(#label, text);
#include "agent/metrics/metrics.def"
}

}  // namespace

// `a` is what the table's rows call it.
std::string agent_text(const AgentFacts& facts, Format format, const FamilySet& families) {
  const AgentFacts& a = facts;
  FamilyWriter out(format, families);
#define AGENT_VALUE(name, value)                 \
  if (out.begin(FamilyId::name)) {               \
    add_labels(out.labels(), FamilyId::name, a); \
    out.sample(value);                           \
  }
#define AGENT_EACH(name, label, list, text, value) \
  if (out.begin(FamilyId::name)) {                 \
    for (const auto& e : list) {                   \
      out.labels().add(#label, text);              \
      out.sample(value);                           \
    }                                              \
  }
#define AGENT_EACH_PAIR(name, list, label, text, label2, text2, value) \
  if (out.begin(FamilyId::name)) {                                     \
    for (const auto& e : list) {                                       \
      out.labels().add(#label, text);                                  \
      out.labels().add(#label2, text2);                                \
      out.sample(value);                                               \
    }                                                                  \
  }
#include "agent/metrics/metrics.def"
  return out.take();
}

}  // namespace pppol2tp::metrics
