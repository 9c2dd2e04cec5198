// The agent's state as bytes, which survives a restart of the agent: counts, known sessions, and
// the position in the ring up to which records were applied. All parts are from the same moment, so
// after a restart every record is applied exactly once, however the agent ended.
//
// Pure: no I/O of its own. Writing works on a snapshot and may run on any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"
#include "agent/model/model.h"
#include "plugin/ring/reader.h"

namespace pppol2tp::model {

// The parts of a checkpoint that a snapshot does not have, from the same moment.
struct Place {
  std::string boot_id;  // times and kernel counters are valid only within one boot
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

// Written in pieces, because a checkpoint of many sessions is large. Releases the snapshot's pages
// as it goes. Returns the sink's error, if any.
Result<void> write_checkpoint(Snapshot snapshot, const Place& place, CheckpointSink& sink);

std::string encode_checkpoint(Snapshot snapshot, const Place& place);

// No checkpoint of this many sessions and tunnels has more bytes, not even one by a later version
// whose elements are somewhat longer.
std::uint64_t most_checkpoint_bytes(std::uint64_t sessions, std::uint64_t tunnels);

// Fails if the bytes are not a complete checkpoint of this format and this boot; the message says
// what is wrong.
Result<Checkpoint> decode_checkpoint(std::string_view bytes, std::string_view boot_id);

}  // namespace pppol2tp::model
