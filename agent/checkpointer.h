// Keeps the agent's state in its state file: reads it at the start, writes it periodically and at
// the end. A separate thread writes from a snapshot, so the model's thread does not wait for a
// disk.
//
// Call all functions from the model's thread.
#pragma once

#include <chrono>
#include <future>
#include <optional>
#include <string>

#include "agent/base/result.h"
#include "agent/collectors/ring_tail.h"
#include "agent/model/checkpoint.h"
#include "agent/model/model.h"

namespace pppol2tp {

class Checkpointer {
 public:
  explicit Checkpointer(std::string path);

  // Fills the (empty) model and sets the tail's position from the file. If the file is absent or
  // not usable, this is a fresh start, with one line in the log.
  void restore(model::Model& model, collectors::RingTail& tail);

  // The part of a processor that writing may take: a checkpoint has about a kilobyte for each
  // session. The ring holds what happens in between.
  static constexpr int kShare = 100;  // one hundredth

  // Begins to write, unless a write is in progress, or it is too early for the next.
  void save(model::Model& model, const collectors::RingTail& tail);

  // Writes and waits.
  void save_now(model::Model& model, const collectors::RingTail& tail);

  // The result of the last completed write.
  bool succeeded() const { return succeeded_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Outcome {
    Result<void> written;
    Time next;  // not earlier than this
  };

  static Outcome write(const std::string& path, model::Snapshot snapshot,
                       const model::Place& place);
  void begin(model::Model& model, const collectors::RingTail& tail);
  void finish();

  std::string path_;
  std::string boot_id_;
  std::future<Outcome> under_way_;
  Time next_;
  bool succeeded_ = true;
};

}  // namespace pppol2tp
