#include "agent/metrics/catalogue.h"
#include "agent/metrics/label_text.h"
#include "agent/metrics/render.h"
#include "agent/metrics/text_writer.h"

namespace pppol2tp::metrics {
namespace {

using model::Tunnel;

void add_label(LabelList& labels, std::string_view name, const std::string& value) {
  if (!value.empty()) labels.add(name, value);
}

void add_own_labels(LabelList& labels, FamilyId id, const Tunnel& t) {
#define TUNNEL_LABEL(name, label, text, meaning) \
  if (id == FamilyId::name) add_label(labels, #label, text);
#include "agent/metrics/metrics.def"
}

void render_family(std::string& out, FamilyId id, const model::Snapshot& snapshot,
                   Number (*value)(const Tunnel&)) {
  const Family& what = family(id);
  append_header(out, what.name, type_text(what.kind), what.help);
  LabelList labels;
  snapshot.tunnels.for_each([&](const Tunnel& tunnel) {
    labels.clear();
    labels.add("tunnel_id", std::uint64_t{tunnel.ids.tunnel_id});
    if (tunnel.netns_name[0] != '\0') labels.add("netns", tunnel.netns_name.data());
    add_own_labels(labels, id, tunnel);
    append_sample(out, what.name, labels, value(tunnel), snapshot.realtime_offset_ns);
  });
}

}  // namespace

void render_tunnels(std::string& out, const model::Snapshot& snapshot) {
#define TUNNEL_VALUE(name, value)              \
  render_family(out, FamilyId::name, snapshot, \
                []([[maybe_unused]] const Tunnel& t) { return value; });
#include "agent/metrics/metrics.def"
}

}  // namespace pppol2tp::metrics
