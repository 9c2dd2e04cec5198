// Reads the ring into the model, and also the session table where the ring is not enough: at the
// start, when records are missing, and for sessions that the model takes in late. Attaches to the
// ring when it appears, and to a new file that replaces it under the same name.
//
// Used only by the model's thread. Others may hold the segment (RingWaiter does).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "agent/collectors/collector.h"
#include "plugin/ring/reader.h"
#include "plugin/ring/segment.h"

namespace pppol2tp::collectors {

class RingTail final : public Collector {
 public:
  explicit RingTail(std::string path) : path_(std::move(path)) {}

  // Where to continue if the ring is the one that `position` belongs to. Call before the first
  // collect().
  void resume_from(const ring::ReaderPosition& position) { resume_ = position; }

  std::string_view name() const override { return "ring"; }
  Result<void> collect(model::Model& model, std::uint64_t now_ns) override;

  // Applies all records that are there. Returns how many.
  std::size_t drain(model::Model& model);

  // Null while there is no ring.
  const std::shared_ptr<const ring::Segment>& segment() const { return segment_; }
  ring::ReaderPosition position() const;
  // Since the agent's start, summed over all rings.
  ring::ReaderCounts counts() const;

 private:
  Result<void> attach(model::Model& model);
  void heal(model::Model& model);
  void heal_slot(model::Model& model, std::uint32_t slot);

  std::string path_;
  std::optional<ring::ReaderPosition> resume_;
  std::shared_ptr<const ring::Segment> segment_;
  std::optional<ring::Reader> reader_;
  ring::ReaderCounts earlier_rings_;
  std::uint64_t healed_losses_ = 0;  // how many losses the table has made up for
};

}  // namespace pppol2tp::collectors
