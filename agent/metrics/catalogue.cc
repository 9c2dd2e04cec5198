#include "agent/metrics/catalogue.h"

#include <vector>

namespace pppol2tp::metrics {
namespace {

struct LabelRow {
  FamilyId family;
  std::string_view name;
  std::string_view meaning;
};

const std::vector<LabelRow>& label_rows() {
  static const std::vector<LabelRow> rows = {
#define SESSION_VALUE(name, label, when, value) {FamilyId::name, label, ""},
#define SESSION_LABEL(name, label, text, meaning) {FamilyId::name, #label, meaning},
#define TUNNEL_LABEL(name, label, text, meaning) {FamilyId::name, #label, meaning},
#define HOST_LIST_LABEL(name, label, text, meaning) {FamilyId::name, #label, meaning},
#define HOST_EACH(name, label, count, text, value) {FamilyId::name, #label, ""},
#define HOST_EACH_TRIPLE(name, list, label, text, label2, text2, label3, text3, value) \
  {FamilyId::name, #label, ""}, {FamilyId::name, #label2, ""}, {FamilyId::name, #label3, ""},
#define HOST_EACH_HISTOGRAM(name, label, count, text, durations) {FamilyId::name, #label, ""},
#define AGENT_EACH(name, label, list, text, value) {FamilyId::name, #label, ""},
#define AGENT_EACH_PAIR(name, list, label, text, label2, text2, value) \
  {FamilyId::name, #label, ""}, {FamilyId::name, #label2, ""},
#define AGENT_LABEL(name, label, text, meaning) {FamilyId::name, #label, meaning},
#include "agent/metrics/metrics.def"
  };
  return rows;
}

std::string_view type_name(Kind kind) {
  return kind == Kind::info ? "info" : type_text(kind);
}

std::string labels_cell(FamilyId id) {
  std::string cell;
  for (const LabelRow& row : label_rows()) {
    if (row.family != id || row.name.empty()) continue;
    if (!cell.empty()) cell += ", ";
    cell += '`';
    cell += row.name;
    cell += '`';
    if (!row.meaning.empty()) {
      cell += " (";
      cell += row.meaning;
      cell += ')';
    }
  }
  return cell;
}

void append_scope(std::string& out, Scope scope, std::string_view title, std::string_view intro) {
  out += "\n## ";
  out += title;
  out += "\n\n";
  out += intro;
  out += "\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n";
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    const Family& each = kFamilies[i];
    if (each.scope != scope) continue;
    out += "| `";
    out += each.name;
    out += "` | ";
    out += type_name(each.kind);
    out += " | ";
    out += labels_cell(static_cast<FamilyId>(i));
    out += " | ";
    out += each.help;
    out += " |\n";
  }
}

}  // namespace

std::string metrics_markdown() {
  std::string out =
      "# Metrics\n\n"
      "<!-- Printed by `pppol2tp-agent --print-metrics` from agent/metrics/metrics.def. Do not "
      "edit. -->\n\n"
      "Directions are this host's: `receive` counts what comes from the peer. A label with an "
      "empty value is left out. Types are those of the Prometheus text format; an info is a gauge "
      "that is always 1.\n";
  append_scope(
      out, Scope::session, "Sessions",
      "Labels of every sample: `tunnel_id`, `session_id` (this host's ids), and `netns` for "
      "a session in another network namespace than the agent's.");
  append_scope(out, Scope::tunnel, "Tunnels",
               "Labels of every sample: `tunnel_id`, and `netns` as above. A tunnel is shown while "
               "it has a session or the kernel has it, and for the retention time after that.");
  append_scope(out, Scope::host, "The host",
               "Sums over all sessions, and what the agent's configuration expects and allows.");
  append_scope(out, Scope::agent, "The agent and its sources",
               "Whether the numbers above are complete: lost records, and the agent's own health.");
  out += "\nThe values of `cause` and `phase` are explained in plugin/ring/EVENTS.md.\n";
  return out;
}

}  // namespace pppol2tp::metrics
