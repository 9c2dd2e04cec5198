// All the sessions, on as many threads as it takes.
//
// A session's slot in the table is a robust mutex, and the kernel walks no more than 2,048 of them
// when a thread dies (ROBUST_LIST_LIMIT, <linux/futex.h>); so a thread speaks for fewer than that,
// and a simulator that is killed is seen like so many pppds that are.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "tests/simulator/simulated_session.h"

namespace pppol2tp::simulator {

// One thread and its sessions. Made and destroyed by any thread; destruction ends every session
// with cause user_request, as a daemon that is stopped does.
class Worker {
 public:
  Worker(std::vector<std::unique_ptr<SimulatedSession>> sessions, std::uint64_t ramp_ns);
  ~Worker();

  // Drops up to `count` living sessions and waits until that is done; returns how many it were.
  std::uint32_t drop(std::uint32_t count, ring::Cause cause);

 private:
  struct Due {
    std::uint64_t at_ns;
    std::uint32_t index;
    bool operator>(const Due& other) const { return at_ns > other.at_ns; }
  };
  struct Order {
    std::uint32_t count;
    ring::Cause cause;
    std::uint32_t done = 0;
    bool finished = false;
  };

  void run();
  void obey(Order& order);
  void work_off(std::uint64_t now_ns);
  void schedule(std::uint32_t index, std::uint64_t at_ns);
  std::chrono::nanoseconds until_next_due() const;

  std::vector<std::unique_ptr<SimulatedSession>> sessions_;
  std::vector<std::uint64_t> due_at_ns_;  // by session: what in due_ still counts
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Order* order_ = nullptr;  // of the thread that waits in drop()
  bool stopping_ = false;
  std::thread thread_;
};

class Population {
 public:
  static constexpr std::uint32_t kSessionsPerThread = 1500;

  // Sessions start spread over `ramp_ns`. Habits, segment and truth must outlive the population.
  Population(std::uint32_t sessions, std::uint32_t tunnels, std::uint64_t ramp_ns,
             const Habits& habits, ring::Segment& segment, Truth& truth);

  // Drops up to `count` living sessions, the lowest numbers first; returns how many it were.
  std::uint32_t drop(std::uint32_t count, ring::Cause cause);

 private:
  std::deque<Worker> workers_;
};

}  // namespace pppol2tp::simulator
