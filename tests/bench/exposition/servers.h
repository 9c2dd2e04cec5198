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

  // The part of its threads' processor time that was spent in the system calls that send. 0 if
  // unknown.
  virtual std::uint64_t sending_ns() const { return 0; }
};

// Adds up the processor time of pieces of work, each on one thread.
class WorkMeter {
 public:
  template <typename Work>
  auto measure(Work&& work) {
    const Stretch stretch(total_ns_);
    return work();
  }
  std::uint64_t total_ns() const { return total_ns_; }

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
