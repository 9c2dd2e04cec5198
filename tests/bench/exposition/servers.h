// The candidates: each serves the same series on a port, and changes the same third of its values
// on request.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>

#include "agent/model/snapshot.h"

namespace pppol2tp::bench {

class Candidate {
 public:
  virtual ~Candidate() = default;
  virtual void step() = 0;  // increases every session's counters

  // From start_meter() to sending_ns(): the processor time that its threads spent in the system
  // calls that send. 0 if unknown.
  virtual void start_meter() {}
  virtual std::uint64_t sending_ns() { return 0; }
};

// Adds up the processor time of pieces of work, each on one thread.
class WorkMeter {
 public:
  void start() {
    total_ns_ = 0;
    is_on_ = true;
  }
  std::uint64_t stop() {
    is_on_ = false;
    return total_ns_;
  }

  template <typename Work>
  auto measure(Work&& work) {
    if (!is_on_) return work();
    const Stretch stretch(total_ns_);
    return work();
  }

 private:
  class Stretch {
   public:
    explicit Stretch(std::atomic<std::uint64_t>& total_ns) : total_ns_(total_ns) {}
    ~Stretch() { total_ns_ += now_ns() - begin_ns_; }
    Stretch(const Stretch&) = delete;
    Stretch& operator=(const Stretch&) = delete;

   private:
    static std::uint64_t now_ns() {
      timespec now{};
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
      return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
             static_cast<std::uint64_t>(now.tv_nsec);
    }
    std::atomic<std::uint64_t>& total_ns_;
    const std::uint64_t begin_ns_ = now_ns();
  };

  std::atomic<bool> is_on_{false};
  std::atomic<std::uint64_t> total_ns_{0};
};

// Sessions as in a model after their plugins' reports, without a ring.
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
