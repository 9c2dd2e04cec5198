// The counts: traffic, set-ups, ends.
#include "agent/model/growth.h"
#include "agent/model/model.h"

namespace pppol2tp::model {
namespace {

// A cause that this version does not know must be counted too.
std::size_t cause_index(ring::Cause cause) {
  const auto number = static_cast<std::size_t>(cause);
  return number < static_cast<std::size_t>(ring::kCauseCount)
             ? number
             : static_cast<std::size_t>(ring::Cause::error);
}

}  // namespace

void Traffic::add_growth(const ring::CountersSection& before, const ring::CountersSection& now) {
  transmit_packets += growth(before.transmit_packets, now.transmit_packets);
  transmit_bytes += growth(before.transmit_bytes, now.transmit_bytes);
  transmit_errors += growth(before.transmit_errors, now.transmit_errors);
  receive_packets += growth(before.receive_packets, now.receive_packets);
  receive_bytes += growth(before.receive_bytes, now.receive_bytes);
  receive_sequence_discards +=
      growth(before.receive_sequence_discards, now.receive_sequence_discards);
  receive_out_of_sequence += growth(before.receive_out_of_sequence, now.receive_out_of_sequence);
  receive_errors += growth(before.receive_errors, now.receive_errors);
}

void Model::account_traffic(const Session& session, const ring::CountersSection& before) {
  tunnels_.edit(session.tunnel).traffic.add_growth(before, session.state.counters);
  totals_.traffic.add_growth(before, session.state.counters);
}

void Model::account_progress(std::uint32_t index, const ring::SessionState& before) {
  const Session& session = sessions_.at(index);
  totals_.setup.add_progress(before, session.state);
  add_echo_growth(totals_.echo_rtt, before.echo, session.state.echo);
  totals_.attempts.add_growth(before.attempts, session.state.attempts);
  if (before.end.cause == ring::Cause::none && session.has_ended()) account_end(index);
}

void Model::account_end(std::uint32_t index) {
  Session& session = sessions_.edit(index);
  if (!session.is_without_plugin) totals_.setup.add_end(session.state);
  // The kernel's answer was about the living session and does not apply to the ended one.
  if (session.kernel == KernelView::present) {
    set_kernel(session, KernelView::unknown, session.state.end.ended_ns);
  }
  ++totals_.ends[cause_index(session.state.end.cause)];
  --tunnels_.edit(session.tunnel).living_sessions;
  const std::uint64_t ended_ns = session.state.end.ended_ns;
  departed_.push_back({ended_ns, ended_ns, index, session.ids()});
}

}  // namespace pppol2tp::model
