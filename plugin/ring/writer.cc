#include "plugin/ring/writer.h"

#include "plugin/ring/checksum.h"
#include "plugin/ring/slot_writer.h"
#include "plugin/ring/wake.h"

namespace pppol2tp::ring {
namespace {

constexpr int kMaxTickets = 3;

internal::SlotWrite write_slot(WritePath path, const internal::ClaimedSlot& claimed,
                               std::uint64_t check, const Record& record, std::size_t words) {
  if (path == WritePath::fastest) {
    const auto result = internal::write_slot_restartably(claimed, check, record, words);
    if (result != internal::SlotWrite::unavailable) return result;
  }
  return internal::write_slot_portably(claimed.slot, claimed.ticket, check, record, words);
}

}  // namespace

Published Writer::publish(const Record& record, Wake wake) {
  Control& control = segment_->control();
  // Fetched while the digest is computed: in a process that has slept, nothing is in a cache.
  __builtin_prefetch(&control.next_ticket, 1);
  const std::size_t words = (record.header.bytes + 7u) / 8u;
  const std::uint64_t digest = internal::digest(&record, words);
  for (int i = 0; i < kMaxTickets; ++i) {
    const std::uint64_t ticket =
        control.next_ticket.fetch_add(1, std::memory_order_seq_cst);  // [a]
    const auto written = write_slot(path_, internal::ClaimedSlot(*segment_, ticket),
                                    internal::keyed(digest, ticket), record, words);
    if (written == internal::SlotWrite::committed) {
      if (wake == Wake::reader) internal::wake_reader(control);
      return Published::yes;
    }
    control.tickets_abandoned.fetch_add(1, std::memory_order_relaxed);
  }
  control.records_dropped.fetch_add(1, std::memory_order_relaxed);
  return Published::dropped;
}

}  // namespace pppol2tp::ring
