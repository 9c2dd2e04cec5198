// The host's sessions from shared memory, read-only and without the agent: uses the agent's ring
// tail, liveness and model.
//
// At first, an ended session is there if the ring still has its end. While the view is refreshed,
// it keeps ended sessions for kEndedAreKeptNs, however many there are. One thread.
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
  // Fails if there is no ring to read; the error says why and what to do.
  static Result<std::unique_ptr<HostView>> open(const std::string& ring_path);

  static constexpr std::uint64_t kEndedAreKeptNs = 900'000'000'000;

  // Reads what has happened since open() or the last call.
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

// The error that the ring at `path` cannot be read, with the reason and what to do.
Error cannot_read(const std::string& path, ring::SegmentStatus status);

}  // namespace pppol2tp::ctl
