#include "agent/metrics/exposition.h"
#include "tests/bench/exposition/servers.h"
#include "tests/support/records.h"

namespace pppol2tp::bench {
namespace {

constexpr std::uint32_t kSessionsPerTunnel = 10'000;

}  // namespace

FilledModel::FilledModel(std::uint32_t sessions) {
  for (std::uint32_t i = 0; i < sessions; ++i) {
    if (i % kSessionsPerTunnel == 0) {
      tunnels_.edit(tunnels_.add()).ids.tunnel_id = 1 + i / kSessionsPerTunnel;
    }
    test::SessionScript script(1 + i / kSessionsPerTunnel, 1 + i % kSessionsPerTunnel, i);
    auto& state = script.state();
    script.at((i + 1) * 10'000'000ull).opened();
    state.link = {1, 1400, 1410, 1500, 1410};
    state.accm = {0xffffffff, 0xa0000, 1, {}};
    state.authentication.finished_ns = 1;
    test::set_text(state.authentication.peer_name, "user" + std::to_string(i) + "@example.net");
    state.ipv4 = {1,
                  1,
                  {},
                  {172, 20, 0, 1},
                  {172, 20, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}};
    script.phase(ring::Phase::running);
    script.counters(i * 12'345ull, i * 2'345ull);
    sessions_.edit(sessions_.add()).state = state;
  }
}

void FilledModel::step() {
  std::uint32_t index = 0;
  std::uint32_t present = static_cast<std::uint32_t>(sessions_.size());
  for (; index < present; ++index) {
    auto& counters = sessions_.edit_statistics(index).state.counters;
    counters.transmit_packets += 7;
    counters.transmit_bytes += 1'234;
    counters.transmit_errors += 1;
    counters.receive_packets += 9;
    counters.receive_bytes += 12'345;
    counters.receive_sequence_discards += 1;
    counters.receive_out_of_sequence += 1;
    counters.receive_errors += 1;
  }
}

model::Snapshot FilledModel::snapshot() {
  model::Snapshot out;
  out.sessions = sessions_.snapshot();
  out.tunnels = tunnels_.snapshot();
  out.realtime_offset_ns = 1'700'000'000'000'000'000;
  return out;
}

std::string text_of(FilledModel& model) {
  metrics::Exposition exposition;
  return metrics::to_text(exposition, model.snapshot(), metrics::AgentFacts());
}

}  // namespace pppol2tp::bench
