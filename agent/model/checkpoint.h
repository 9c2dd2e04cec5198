// The agent's memory across its own restart, as bytes: what is counted, which sessions are known,
// and where in the ring that knowledge ends. Model, counts and position are of one moment, so after
// a restart every record is applied exactly once, however the agent died.
//
// Pure: no I/O of its own. Writing works on a snapshot and may run on any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"
#include "agent/model/model.h"
#include "plugin/ring/reader.h"

namespace pppol2tp::model {

// What belongs to the same moment as a snapshot.
struct Place {
  std::string boot_id;  // times and kernel counters mean nothing in another boot
  std::uint64_t ring_epoch = 0;
  std::vector<std::uint32_t> known_generations;
  ring::ReaderPosition position;
};

struct Checkpoint {
  Model::Memory memory;
  ring::ReaderPosition position;
};

// Where a checkpoint's bytes go.
class CheckpointSink {
 public:
  virtual ~CheckpointSink() = default;
  virtual Result<void> append(std::string_view bytes) = 0;
  virtual Result<void> overwrite_begin(std::string_view bytes) = 0;
};

// Piece by piece: a checkpoint of many sessions is large. Lets go of the snapshot's pages on its
// way. Fails as the sink does.
Result<void> write_checkpoint(Snapshot snapshot, const Place& place, CheckpointSink& sink);

std::string encode_checkpoint(Snapshot snapshot, const Place& place);

// Fails on bytes that are not a whole checkpoint of this format and this boot; the message says
// what was wrong.
Result<Checkpoint> decode_checkpoint(std::string_view bytes, std::string_view boot_id);

}  // namespace pppol2tp::model
