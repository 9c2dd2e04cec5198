// One thread's loop over descriptors, timers, signals and tasks from other threads, by epoll.
//
// Threads: run() makes its caller the loop's thread, and every callback runs there. watch(),
// make_timer(), watch_signals() and all that is done with what they return belong to that thread
// too, or to the one that made the loop as long as nobody runs it. post() and stop() may be called
// by any thread.
//
// Callbacks may do all of this, including ending the watch or timer that called them: an ended one
// is never called again, not even for an event that the kernel has reported already. They must not
// throw.
//
// Watches and timers must be gone before the loop is.
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/guarded.h"
#include "agent/base/result.h"

namespace pppol2tp {

class EventLoop;

// Ends the watching when it goes. Move-only.
class Watch {
 public:
  Watch() = default;
  Watch(Watch&& other) noexcept;
  Watch& operator=(Watch&& other) noexcept;
  ~Watch() { end(); }

  void end();

 private:
  friend class EventLoop;
  Watch(EventLoop& loop, std::uint64_t id) : loop_(&loop), id_(id) {}

  EventLoop* loop_ = nullptr;
  std::uint64_t id_ = 0;
};

// A timer that is made stopped. Its times are those of the monotonic clock. Move-only.
class Timer {
 public:
  Timer() = default;

  // Each of these replaces what was set before.
  void start_once(std::chrono::nanoseconds delay);
  void start_periodic(
      std::chrono::nanoseconds interval);  // a late call stands for all that were missed
  void stop();

 private:
  friend class EventLoop;
  Timer(int descriptor, Watch watch) : descriptor_(descriptor), watch_(std::move(watch)) {}

  void set(std::chrono::nanoseconds first, std::chrono::nanoseconds interval);

  int descriptor_ = -1;  // the watch's own
  Watch watch_;
};

class EventLoop {
 public:
  using Task = std::function<void()>;
  using EventCallback = std::function<void(std::uint32_t events)>;
  using SignalCallback = std::function<void(int signal_number)>;

  static Result<std::unique_ptr<EventLoop>> create();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Calls back while `descriptor` is ready for one of `events` (EPOLLIN, ..; level-triggered unless
  // EPOLLET is among them). The descriptor stays the caller's, and must outlive the watch.
  Result<Watch> watch(int descriptor, std::uint32_t events, EventCallback callback);

  Result<Timer> make_timer(Task callback);

  // Takes these signals from their handlers to the callback. Blocks them in the calling thread for
  // good; call it before other threads are started, so that they inherit the mask and none of them
  // dies of a signal that is ours.
  Result<Watch> watch_signals(std::initializer_list<int> signals, SignalCallback callback);

  // Runs until stop(). Tasks posted before the stop have run by then. Fails only if epoll does.
  Result<void> run();

  // Makes run() return, after callbacks for what the kernel reported before; the next run(), if
  // there is none at present.
  void stop();

  // Runs `task` once on the loop's thread, in the order of posting.
  void post(Task task);

 private:
  friend class Watch;
  struct Watched {
    int descriptor;
    EventCallback callback;
    Fd owned;  // closed with the watch: a timer's or signals' descriptor
  };

  EventLoop(Fd epoll, Fd wakeup) : epoll_(std::move(epoll)), wakeup_(std::move(wakeup)) {}

  Result<Watch> add(Watched watched, std::uint32_t events);
  void remove(std::uint64_t id);
  void run_tasks();
  void wake();

  Fd epoll_;
  Fd wakeup_;  // readable when tasks wait
  bool stopping_ = false;
  std::uint64_t last_id_ = 0;
  // Shared with a callback's frame, which may end its own watch.
  std::unordered_map<std::uint64_t, std::shared_ptr<Watched>> watched_;
  Guarded<std::vector<Task>> tasks_;
};

}  // namespace pppol2tp
