// Reads the ring into the model, and the session table where the ring was not enough: at the start,
// and whenever records turn out to be missing. Finds the ring when it appears, and follows its name
// when another file takes its place.
//
// One thread, the model's. Others may hold the segment (RingWaiter does).
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

  // Where to go on, should the ring be the one that `position` belongs to. Before the first
  // collect().
  void resume_from(const ring::ReaderPosition& position) { resume_ = position; }

  std::string_view name() const override { return "ring"; }
  Result<void> collect(model::Model& model, std::uint64_t now_ns) override;

  // Applies all records there are. Returns how many.
  std::size_t drain(model::Model& model);

  // Null while there is no ring.
  const std::shared_ptr<const ring::Segment>& segment() const { return segment_; }
  ring::ReaderPosition position() const;
  // Since the agent's start, over all rings.
  ring::ReaderCounts counts() const;

 private:
  Result<void> attach(model::Model& model);
  void heal(model::Model& model);

  std::string path_;
  std::optional<ring::ReaderPosition> resume_;
  std::shared_ptr<const ring::Segment> segment_;
  std::optional<ring::Reader> reader_;
  ring::ReaderCounts earlier_rings_;
  std::uint64_t healed_losses_ = 0;  // how many losses the table has made good
};

}  // namespace pppol2tp::collectors
