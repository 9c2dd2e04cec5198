// Keeps the agent's memory in its state file: read at the start, written now and then and at the
// end. Writing works on a snapshot and happens on a thread of its own, so the model's thread does
// not wait for a disk.
//
// All functions belong to the model's thread.
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

  // Fills the (empty) model and sets the tail's position from the file. A file that is absent or of
  // no use is a fresh start, said in one line of the log.
  void restore(model::Model& model, collectors::RingTail& tail);

  // What writing may take of a processor. With a hundred thousand sessions a checkpoint is as many
  // kilobytes; what the ring holds is for the time in between.
  static constexpr int kShare = 100;  // one hundredth

  // Begins to write, unless a write is still under way, or the latest has not been paid for by
  // rest.
  void save(model::Model& model, const collectors::RingTail& tail);

  // Writes and waits.
  void save_now(model::Model& model, const collectors::RingTail& tail);

  // Of the last write that has ended.
  bool succeeded() const { return succeeded_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Outcome {
    Result<void> written;
    Time next;  // not before that
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
