#include <cstddef>
#include <string_view>

#include "agent/metrics/hash.h"
#include "agent/metrics/label_text.h"
#include "agent/metrics/schema.h"

namespace pppol2tp::metrics {
namespace {

using model::Session;
using ring::SessionState;

constexpr bool is_in_identifier(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether a table row's text uses only the statistics of a session `s`, as session.h lists them.
constexpr bool looks_at_statistics_alone(std::string_view row) {
  for (std::size_t at = row.find("s."); at != row.npos; at = row.find("s.", at + 1)) {
    const bool is_session = at == 0 || !is_in_identifier(row[at - 1]);
    const std::string_view what = row.substr(at);
    if (is_session && !what.starts_with("s.state.counters.") &&
        !what.starts_with("s.state.echo.")) {
      return false;
    }
  }
  return true;
}

constexpr ValueRow<Session> kValues[] = {
#define SESSION_VALUE(name, label, when_row, value_row)                        \
  {FamilyId::name, label, looks_at_statistics_alone(#when_row " " #value_row), \
   [](const Page<Session>& page, ColumnPart& part) {                           \
     for (std::size_t i = 0; i < page.items.size(); ++i) {                     \
       [[maybe_unused]] const Session& s = page.items[i];                      \
       if (page.used[i] && bool(when_row)) part.set(i, value_row);             \
     }                                                                         \
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

// The bytes of a session's state from one section up to another (exclusive).
std::uint64_t hash_between(const SessionState& state, std::size_t first, std::size_t end,
                           std::uint64_t seed) {
  return hash_bytes(reinterpret_cast<const unsigned char*>(&state) + first, end - first, seed);
}

// Everything that a plugin reports once or rarely. What it reports all the time (number of records,
// statistics, echoes) is left out; otherwise every scrape would make every label again.
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
