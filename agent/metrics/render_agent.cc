// The agent's own families go through prometheus-cpp: they are few, and their number does not grow
// with the sessions.
#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <vector>

#include "agent/metrics/catalogue.h"
#include "agent/metrics/number.h"
#include "agent/metrics/render.h"

namespace pppol2tp::metrics {
namespace {

double to_double(const Number& number) {
  switch (number.kind) {
    case Number::Kind::real:
      return number.real;
    case Number::Kind::nanoseconds:
    case Number::Kind::boottime:
      return static_cast<double>(number.integer) / 1e9;
    case Number::Kind::integer:
      break;
  }
  return static_cast<double>(number.integer);
}

class Collected {
 public:
  void add(FamilyId id, const Number& number, std::vector<prometheus::ClientMetric::Label> labels) {
    const Family& what = family(id);
    if (families_.empty() || families_.back().name != what.name) {
      families_.push_back({std::string(what.name),
                           std::string(what.help),
                           what.kind == Kind::counter ? prometheus::MetricType::Counter
                                                      : prometheus::MetricType::Gauge,
                           {}});
    }
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = metric.gauge.value = to_double(number);
    families_.back().metric.push_back(std::move(metric));
  }

  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  std::vector<prometheus::MetricFamily> families_;
};

std::vector<prometheus::ClientMetric::Label> labels_of(FamilyId id, const AgentFacts& a) {
  std::vector<prometheus::ClientMetric::Label> labels;
#define AGENT_LABEL(name, label, text, meaning) \
  if (id == FamilyId::name) labels.push_back({#label, text});
#include "agent/metrics/metrics.def"
  return labels;
}

}  // namespace

// `a` is what the table's rows call it.
void render_agent(std::string& out, const AgentFacts& facts) {
  const AgentFacts& a = facts;
  Collected collected;
#define AGENT_VALUE(name, value) collected.add(FamilyId::name, value, labels_of(FamilyId::name, a));
#define AGENT_EACH(name, label, list, text, value) \
  for (const auto& e : list) collected.add(FamilyId::name, value, {{#label, text}});
#define AGENT_EACH_PAIR(name, list, label, text, label2, text2, value)        \
  for (const auto& e : list) {                                                \
    collected.add(FamilyId::name, value, {{#label, text}, {#label2, text2}}); \
  }
#include "agent/metrics/metrics.def"
  out += collected.text();
}

std::string render_text(const model::Snapshot& snapshot, const AgentFacts& agent,
                        const std::vector<std::string>& session_labels) {
  std::string out;
  render_sessions(out, snapshot, session_labels);
  render_tunnels(out, snapshot);
  render_host(out, snapshot);
  render_agent(out, agent);
  return out;
}

}  // namespace pppol2tp::metrics
