// The candidates: each serves the same series on a port, and changes the same third of its values
// when told to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agent/model/snapshot.h"

namespace pppol2tp::bench {

class Candidate {
 public:
  virtual ~Candidate() = default;
  virtual void step() = 0;  // every session's counters go on
};

// Sessions as a model would have them after their plugins' reports, without a ring.
class FilledModel {
 public:
  explicit FilledModel(std::uint32_t sessions);
  void step();
  model::Snapshot snapshot();

 private:
  model::CowPages<model::Session> sessions_;
  model::CowPages<model::Tunnel> tunnels_;
};

// The whole exposition in the text format.
std::string text_of(FilledModel& model);

std::unique_ptr<Candidate> serve_ours(std::uint32_t sessions, std::uint16_t port);
std::unique_ptr<Candidate> serve_ready(std::uint32_t sessions, std::uint16_t port);
std::unique_ptr<Candidate> serve_registry(std::uint32_t sessions, std::uint16_t port);
std::unique_ptr<Candidate> serve_collectable(std::uint32_t sessions, std::uint16_t port);

}  // namespace pppol2tp::bench
