// The body of /metrics: the families of the metric table for one snapshot, in the format, coding
// and selection that the client asked for.
//
// Sessions and tunnels are stored by column in blocks (block_cache.h); their text is made while it
// is sent. This costs little more than sending stored text, and takes a fraction of its memory.
// Compressed pieces are kept, and made again only after a change.
//
// Thread-safe. No lock is held while sending, so a slow client delays only its own answer. It holds
// blocks, which it shares with all others until they change; so http/connections.h lets only a few
// slow clients stay.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "agent/metrics/block_cache.h"
#include "agent/metrics/facts.h"
#include "agent/metrics/format.h"
#include "agent/metrics/headers.h"
#include "agent/metrics/selection.h"
#include "agent/metrics/tally.h"
#include "agent/metrics/text_buffer.h"
#include "agent/metrics/workspace.h"
#include "agent/model/snapshot.h"

namespace pppol2tp::metrics {

struct Scrape {
  Format format = Format::text;
  bool is_gzip = false;
  bool with_created = false;  // OpenMetrics only: adds when each session's counters began
  FamilySet families = families_of(Detail::everything);
  // Applies to sessions and tunnels. Everything else is only in shard 0, so that all shards
  // together are the whole.
  Shard shard = {};
};

// Receives the answer, piece by piece.
class Sink {
 public:
  virtual ~Sink() = default;

  // How much memory around a piece the sink may overwrite, to frame the piece in place.
  static constexpr std::size_t kRoomBefore = TextBuffer::kRoomBefore;
  static constexpr std::size_t kRoomAfter = TextBuffer::kRoomAfter;

  // The sink may use the piece and the room around it until it returns. False: the client accepts
  // no more.
  virtual bool write(std::span<char> piece) = 0;

  // The same, and nothing follows.
  virtual bool write_last(std::span<char> piece) { return write(piece); }

  // Sends what was held back to be sent together with more.
  virtual bool flush() = 0;
};

class Exposition {
 public:
  // `session_labels` names the labels of session_info that every sample of a session gets.
  explicit Exposition(const std::vector<std::string>& session_labels = {});

  // With many sessions, sends the agent's own families before it looks at the sessions. False: the
  // client closed the connection early.
  bool write(model::Snapshot snapshot, const AgentFacts& agent, const Scrape& scrape, Sink& sink);

 private:
  class Answer;

  Tallies tallies_;
  HeaderSegments headers_;
  Workspaces workspaces_;
  BlockCache<model::Session> sessions_;
  BlockCache<model::Tunnel> tunnels_;
};

// The whole answer as one string.
std::string to_text(Exposition& exposition, const model::Snapshot& snapshot,
                    const AgentFacts& agent, const Scrape& scrape = {});

}  // namespace pppol2tp::metrics
