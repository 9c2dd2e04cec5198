#include <cstddef>

#include "agent/metrics/hash.h"
#include "agent/metrics/label_text.h"
#include "agent/metrics/schema.h"

namespace pppol2tp::metrics {
namespace {

using model::Session;
using ring::SessionState;

constexpr ValueRow<Session> kValues[] = {
#define SESSION_VALUE(name, label, when_row, value_row)                     \
  {FamilyId::name, label, [](const Page<Session>& page, ColumnPart& part) { \
     for (std::size_t i = 0; i < page.items.size(); ++i) {                  \
       [[maybe_unused]] const Session& s = page.items[i];                   \
       if (page.used[i] && bool(when_row)) part.set(i, value_row);          \
     }                                                                      \
   }},
#include "agent/metrics/metrics.def"
};

constexpr LabelRow<Session> kLabels[] = {
#define SESSION_LABEL(name, label, text_row, meaning)                                       \
  {FamilyId::name, #label, [](LabelList& labels, std::string_view name, const Session& s) { \
     labels.add_unless_empty(name, text_row);                                               \
   }},
#include "agent/metrics/metrics.def"
};

void identify(LabelList& labels, const Session& session) {
  labels.add("tunnel_id", std::uint64_t{session.state.identity.tunnel_id});
  labels.add("session_id", std::uint64_t{session.state.identity.session_id});
  labels.add_unless_empty("netns", session.netns_name.data());
}

// The bytes of a session's state from one section to before another.
std::uint64_t hash_between(const SessionState& state, std::size_t first, std::size_t end,
                           std::uint64_t seed) {
  return hash_bytes(reinterpret_cast<const unsigned char*>(&state) + first, end - first, seed);
}

// Everything that a plugin says once or seldom. What it says all the time (how many records, the
// statistics, the echos) is left out, or every scrape would make every label anew.
std::uint64_t hash_of_label_facts(const Session& session) {
  const SessionState& state = session.state;
  std::uint64_t hash = hash_bytes(session.netns_name.data(), session.netns_name.size(), 0);
  hash =
      hash_between(state, offsetof(SessionState, identity), offsetof(SessionState, counters), hash);
  hash = hash_between(state, offsetof(SessionState, end), offsetof(SessionState, echo), hash);
  return hash_between(state, offsetof(SessionState, attempts), sizeof(SessionState), hash);
}

}  // namespace

const Schema<Session>& session_schema() {
  static constexpr Schema<Session> kSchema{kValues, kLabels, identify, hash_of_label_facts,
                                           FamilyId::session_start_time_seconds};
  return kSchema;
}

}  // namespace pppol2tp::metrics
