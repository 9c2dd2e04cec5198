// Sleeps until a writer publishes, so that the agent does not have to poll. It has its own thread,
// because a futex cannot be in an epoll set.
//
// The loop's thread calls arm() and the constructor. on_activity is called on the waiter's thread,
// once for each arm().
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "agent/base/guarded.h"
#include "plugin/ring/segment.h"

namespace pppol2tp::collectors {

class RingWaiter {
 public:
  explicit RingWaiter(std::function<void()> on_activity);
  ~RingWaiter();
  RingWaiter(const RingWaiter&) = delete;
  RingWaiter& operator=(const RingWaiter&) = delete;

  // Calls on_activity once, as soon as the ring of `segment` has a ticket beyond `seen`; sometimes
  // earlier. Another arm() during a wait does nothing.
  void arm(std::shared_ptr<const ring::Segment> segment, std::uint64_t seen);

 private:
  struct State {
    std::shared_ptr<const ring::Segment> segment;  // null: nothing to wait for
    std::uint64_t seen = 0;
    bool stopping = false;
    bool stopped = false;
  };

  void run();
  bool wait_once();  // false: stop

  std::function<void()> on_activity_;
  Guarded<State> state_;
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace pppol2tp::collectors
