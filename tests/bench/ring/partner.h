// The process on the other processor. It changes what it does within microseconds, so that two
// transports and a cache line's way can be measured in turns, while the machine stays as it is.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "tests/bench/ring/measure.h"
#include "tests/bench/ring/scratch.h"
#include "tests/bench/ring/transport.h"

namespace pppol2tp::bench {

enum class Task : std::uint32_t {
  none,
  ball,    // plays with hop_ns()
  spin,    // reads without a pause
  poll,    // reads all there is, then sleeps for a millisecond
  time,    // spins, and takes the time of each record
  finish,  // ends the process
};

class Partner {
 public:
  // At most so many times are kept after each start().
  static constexpr std::size_t kMaxTimes = 1024;

  // Forks. The transports outlive the partner, whose process attaches to each of them as a reader.
  explicit Partner(std::vector<Transport*> transports);
  Partner(const Partner&) = delete;
  Partner& operator=(const Partner&) = delete;
  ~Partner();

  // Returns when the partner has begun: with the transport of that index, if the task has one.
  void start(Task task, std::size_t transport = 0);

  // Records read since start().
  std::uint64_t received() const { return board_->received.load(std::memory_order_acquire); }
  // From the record's time_ns until it was read; valid once received() is beyond `index`.
  std::uint64_t time_ns(std::size_t index) const { return board_->times_ns[index]; }

  // The present time of a cache line from one of the processors to the other: the unit of
  // everything that goes through shared memory. Takes less than a millisecond.
  double hop_ns();

 private:
  struct Board {
    alignas(128) std::atomic<std::uint64_t> order;  // see order_of() in partner.cc
    alignas(128) std::atomic<std::uint64_t> begun;  // the latest order that the partner follows
    alignas(128) std::atomic<std::uint64_t> received;
    alignas(128) std::atomic<std::uint64_t> ball;
    alignas(128) std::uint64_t times_ns[kMaxTimes];
  };

  void follow_orders();
  void carry_out(std::uint64_t order);
  // Each goes on until there is another order.
  void return_ball(std::uint64_t order);
  void poll(Transport& transport, std::uint64_t order);
  void spin(Transport& transport, bool takes_times, std::uint64_t order);
  bool is_current(std::uint64_t order) const {
    return board_->order.load(std::memory_order_relaxed) == order;
  }

  std::vector<Transport*> transports_;
  SharedObject<Board> board_;
  std::uint64_t orders_ = 0;
  std::optional<Child> child_;
};

}  // namespace pppol2tp::bench
