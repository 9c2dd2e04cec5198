// The host's sessions as the shared memory tells them, read-only and without the agent: the same
// ring tail, liveness and model that the agent has, filled anew.
//
// At first, sessions that ended are there for as long as the ring remembers their end; whoever goes
// on looking keeps them for kEndedAreKeptNs, however many they get. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/base/result.h"
#include "agent/collectors/liveness.h"
#include "agent/collectors/netns_names.h"
#include "agent/collectors/ring_tail.h"
#include "agent/ctl/fields.h"
#include "agent/model/model.h"

namespace pppol2tp::ctl {

class HostView {
 public:
  // Fails, saying why and what to do, when there is no ring to read.
  static Result<std::unique_ptr<HostView>> open(const std::string& ring_path);

  static constexpr std::uint64_t kEndedAreKeptNs = 900'000'000'000;

  // Takes in what has happened since open(), or since the last call.
  Result<void> refresh(std::uint64_t now_ns);

  const model::Model& model() const { return model_; }
  const ring::Segment& segment() const { return *tail_.segment(); }
  ring::ReaderCounts counts() const { return tail_.counts(); }
  std::vector<const model::Session*> sessions() const;
  static Moment moment();

 private:
  explicit HostView(const std::string& ring_path);
  Result<void> look(std::uint64_t now_ns);

  collectors::NetnsNames netns_names_;
  model::Model model_;
  collectors::RingTail tail_;
  collectors::Liveness liveness_;
};

// Says that the ring at `path` cannot be read, why, and what to do about it.
Error cannot_read(const std::string& path, ring::SegmentStatus status);

}  // namespace pppol2tp::ctl
