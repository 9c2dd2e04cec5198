// A ring and a session table with arbitrary changes, read by the agent's reader into the model.
// Input, repeated: the event, the place, and eight bytes.
#include "agent/model/model.h"
#include "plugin/ring/session_table.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/ring/memory_ring.h"

using namespace pppol2tp;
using namespace pppol2tp::fuzz;

namespace {

void scribble(Input& input, ring::test::MemoryRing& ring) {
  // Anywhere behind the header, which is checked once, on opening.
  const std::size_t first = ring::kControlOffset;
  const std::size_t used = ring::kSessionStride * ring.segment().geometry().session_slots +
                           sizeof(ring::RecordSlot) * ring.segment().geometry().record_slots +
                           (ring::kRecordsOffset - first);
  std::uint32_t where = 0;
  std::uint64_t word = 0;
  input.fill(where);
  input.fill(word);
  std::memcpy(ring.at(first + where % (used / 8) * 8), &word, sizeof word);
}

void read_everything(ring::test::MemoryRing& ring, ring::Reader& reader, model::Model& model) {
  reader.poll([&](const ring::Record& record) { model.apply(record); }, 1000);
  for (std::uint32_t slot = 0; slot < ring.segment().geometry().session_slots; ++slot) {
    ring::SessionState state;
    const ring::SlotReading reading = ring::read_session(ring.segment(), slot, state);
    model.reconcile(slot, reading, state);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ring::test::MemoryRing ring;
  ring.format_anew();
  Input input(data, size);
  ring::Reader reader(ring.segment());
  model::Model model({64, 1'000'000});
  model.begin_ring(7, ring.segment().geometry().session_slots);
  std::uint64_t number = 0;
  while (!input.is_empty()) {
    const std::uint8_t what = input.byte();
    if (what % 4 == 0) {
      ring::Writer(ring.segment()).publish(ring::test::numbered_record(what, ++number));
    } else if (what % 4 == 1) {
      read_everything(ring, reader, model);
    } else {
      scribble(input, ring);
    }
  }
  read_everything(ring, reader, model);
  must(model.session_count() <= 64);
  return 0;
}
