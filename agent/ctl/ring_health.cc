#include "agent/ctl/ring_health.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plugin/ring/session_table.h"

namespace pppol2tp::ctl {
namespace {

using Json = nlohmann::ordered_json;

std::uint64_t slots_in_use(const ring::Segment& segment) {
  std::uint64_t used = 0;
  for (std::uint32_t slot = 0; slot < segment.geometry().session_slots; ++slot) {
    if (ring::owner_state(segment, slot) == ring::OwnerState::lives) ++used;
  }
  return used;
}

Json facts(const HostView& view, const std::string& path) {
  const ring::Segment& segment = view.segment();
  const ring::Control& control = segment.control();
  const auto geometry = segment.geometry();
  const std::uint64_t tickets = control.next_ticket.load();
  const auto counts = view.counts();
  return {{"path", path},
          {"bytes", ring::Segment::file_bytes(geometry)},
          {"layout", concat(segment.info().layout_major, ".", segment.info().layout_minor)},
          {"epoch", segment.epoch()},
          {"retired", segment.info().retired.load() != 0},
          {"huge_pages", segment.info().in_huge_pages != 0},
          {"record_slots", geometry.record_slots},
          {"records_ever", tickets},
          {"records_held", std::min<std::uint64_t>(tickets, geometry.record_slots)},
          {"records_read_now", counts.delivered},
          {"records_corrupt", counts.corrupt},
          {"records_dropped_by_writers", control.records_dropped.load()},
          {"session_slots", geometry.session_slots},
          {"session_slots_used", slots_in_use(segment)},
          {"sessions_without_slot", control.table_full.load()}};
}

}  // namespace

std::string ring_health(const HostView& view, const std::string& path, bool as_json) {
  const Json all = facts(view, path);
  if (as_json) return all.dump() + "\n";
  std::string out;
  for (const auto& [name, value] : all.items()) {
    out += concat(name, ": ", value.is_string() ? value.get<std::string>() : value.dump(), "\n");
  }
  return out;
}

}  // namespace pppol2tp::ctl
