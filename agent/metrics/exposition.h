// The body of /metrics: the families of the metric table over one snapshot, in the format, coding
// and selection that the client asked for.
//
// Sessions and tunnels are kept by column in blocks (block_cache.h), which their text is made from
// while it is sent: that costs little more than sending text that was kept, and takes a fraction of
// its memory. Compressed pieces are kept, and made anew only where something changed.
//
// Thread-safe, without a lock that is held while anything is sent: a slow client keeps nothing but
// its own answer waiting. What it holds are blocks, which it shares with everybody else as far as
// they have not changed since.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "agent/metrics/block_cache.h"
#include "agent/metrics/facts.h"
#include "agent/metrics/format.h"
#include "agent/metrics/selection.h"
#include "agent/metrics/tally.h"
#include "agent/metrics/text_buffer.h"
#include "agent/model/snapshot.h"

namespace pppol2tp::metrics {

struct Scrape {
  Format format = Format::text;
  bool is_gzip = false;
  bool with_created = false;  // OpenMetrics only: when each session's counters began
  FamilySet families = families_of(Detail::everything);
  // Of sessions and tunnels. What is not about one of these is in shard 0 alone, so that shards add
  // up to the whole.
  Shard shard = {};
};

// Where the answer goes, piece by piece.
class Sink {
 public:
  virtual ~Sink() = default;

  // Of the memory around a piece, what the sink may write to, to frame it in place.
  static constexpr std::size_t kRoomBefore = TextBuffer::kRoomBefore;
  static constexpr std::size_t kRoomAfter = TextBuffer::kRoomAfter;

  // The piece, like the room around it, is the sink's until it returns. False: the client takes no
  // more.
  virtual bool write(std::span<char> piece) = 0;

  // Sends what may have been held back for company.
  virtual bool flush() = 0;
};

class Exposition {
 public:
  // `session_labels` names labels of session_info that every sample of a session is to carry.
  explicit Exposition(const std::vector<std::string>& session_labels = {});

  // The agent's own families are sent first, before the sessions are looked at. False: the client
  // went before the end.
  bool write(model::Snapshot snapshot, const AgentFacts& agent, const Scrape& scrape, Sink& sink);

 private:
  class Answer;

  Tallies tallies_;
  BlockCache<model::Session> sessions_;
  BlockCache<model::Tunnel> tunnels_;
};

// The whole answer at once.
std::string to_text(Exposition& exposition, const model::Snapshot& snapshot,
                    const AgentFacts& agent, const Scrape& scrape = {});

}  // namespace pppol2tp::metrics
