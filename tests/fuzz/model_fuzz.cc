// Records and table slots with any bytes, through the agent's model, its checkpoint and the
// exposition. Input, repeated: record or slot, its header's small numbers, its bytes.
#include "agent/metrics/exposition.h"
#include "agent/model/checkpoint.h"
#include "agent/model/model.h"
#include "tests/fuzz/fuzz.h"

using namespace pppol2tp;
using namespace pppol2tp::fuzz;

namespace {

constexpr char kBoot[] = "8c1f0f3e-7d65-4f5b-9d54-1f1f6d0c8a11";
constexpr model::Limits kLimits{6, 1'000};

// Few, so that records hit the same sessions again.
ring::SessionIdentity identity_of(std::uint8_t who) {
  ring::SessionIdentity identity{};
  identity.netns = who & 1;
  identity.tunnel_id = who >> 1 & 1;
  identity.session_id = who >> 2 & 3;
  identity.instance = who >> 4 & 3;
  identity.start_ticks = who >> 6;
  return identity;
}

void apply_record(Input& input, model::Model& model) {
  ring::Record record{};
  record.header.type = ring::EventType{static_cast<std::uint16_t>(input.byte() % 14)};
  record.header.has_slot = input.byte() & 1;
  record.header.slot = input.byte() % 10;
  record.header.generation = input.byte();
  record.header.number = input.byte();
  record.header.time_ns = input.byte();
  record.header.identity = identity_of(input.byte());
  record.header.bytes = sizeof record;
  input.fill(record.header.identity.ifname);
  input.fill(record.body);
  if (ring::is_well_formed(record)) model.apply(record);
}

void reconcile_slot(Input& input, model::Model& model) {
  ring::SessionState state{};
  const std::uint32_t slot = input.byte() % 10;
  const ring::SlotReading reading{ring::OwnerState::lives, input.byte(), true};
  const std::uint8_t who = input.byte();
  input.fill(state);
  state.identity = identity_of(who);
  state.records %= 256;
  model.reconcile(slot, reading, state);
}

// The exposition must never contain anything that makes Prometheus refuse all of it.
void must_be_readable(const std::string& text) {
  must(!text.empty() && text.back() == '\n');
  must(std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
  }));
}

std::string exposition(model::Model& model) {
  metrics::Exposition fresh;
  return metrics::to_text(fresh, model.snapshot(1'000'000, 0), {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  model::Model model(kLimits);
  model.begin_ring(1, 8);
  while (!input.is_empty()) {
    const std::uint8_t what = input.byte();
    if (what % 8 == 0) {
      reconcile_slot(input, model);
    } else if (what % 8 == 1) {
      model.expire(std::uint64_t{input.byte()} * 100);
    } else {
      apply_record(input, model);
    }
  }
  const std::string text = exposition(model);
  must_be_readable(text);
  must(model.session_count() <= kLimits.sessions);

  const std::string saved = model::encode_checkpoint(
      model.snapshot(0, 0), {kBoot, model.ring_epoch(), model.known_generations(), {}});
  const auto checkpoint = model::decode_checkpoint(saved, kBoot);
  must(checkpoint.has_value());
  model::Model again(kLimits);
  again.restore(checkpoint->memory);
  must(again.session_count() == model.session_count());
  must(exposition(again).size() == text.size());
  return 0;
}
