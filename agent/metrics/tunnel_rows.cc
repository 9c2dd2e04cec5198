#include <cstddef>

#include "agent/metrics/hash.h"
#include "agent/metrics/label_text.h"
#include "agent/metrics/schema.h"

namespace pppol2tp::metrics {
namespace {

using model::Tunnel;

constexpr ValueRow<Tunnel> kValues[] = {
#define TUNNEL_VALUE(name, value_row)                                          \
  {FamilyId::name, "", false, [](const Page<Tunnel>& page, ColumnPart& part) { \
     for (std::size_t i = 0; i < page.items.size(); ++i) {                     \
       [[maybe_unused]] const Tunnel& t = page.items[i];                       \
       if (page.used[i]) part.set(i, value_row);                               \
     }                                                                         \
   }},
#include "agent/metrics/metrics.def"
};

constexpr LabelRow<Tunnel> kLabels[] = {
#define TUNNEL_LABEL(name, label, text_row, meaning)                                       \
  {FamilyId::name, #label, [](LabelList& labels, std::string_view name, const Tunnel& t) { \
     labels.add_unless_empty(name, text_row);                                              \
   }},
#include "agent/metrics/metrics.def"
};

void identify(LabelList& labels, const Tunnel& tunnel) {
  labels.add("tunnel_id", std::uint64_t{tunnel.ids.tunnel_id});
  labels.add_unless_empty("netns", tunnel.netns_name.data());
}

// Everything except the traffic sums, which change all the time. Includes padding: at worst, a
// label is made again without need.
std::uint64_t hash_of_label_facts(const Tunnel& tunnel) {
  constexpr std::size_t kTraffic = offsetof(Tunnel, traffic);
  constexpr std::size_t kAfterTraffic = kTraffic + sizeof(model::Traffic);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(&tunnel);
  const std::uint64_t hash = hash_bytes(bytes, kTraffic, 0);
  return hash_bytes(bytes + kAfterTraffic, sizeof(Tunnel) - kAfterTraffic, hash);
}

}  // namespace

const Schema<Tunnel>& tunnel_schema() {
  static constexpr Schema<Tunnel> kSchema{kValues, kLabels, identify, hash_of_label_facts, {}};
  return kSchema;
}

}  // namespace pppol2tp::metrics
