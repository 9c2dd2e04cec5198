// For machines without a restartable sequence here, and for builds that must not have one.
#include "plugin/ring/slot_writer.h"

namespace pppol2tp::ring::internal {

void prepare_slot_writer() {}

SlotWrite write_slot_restartably(const ClaimedSlot&, std::uint64_t, const Record&, std::size_t) {
  return SlotWrite::unavailable;
}

}  // namespace pppol2tp::ring::internal
