// One thread's loop over descriptors, timers, signals and tasks from other threads, using epoll.
//
// Threads: the thread that calls run() is the loop's thread, and all callbacks run there. watch(),
// make_timer(), watch_signals() and the objects that they return may be used by that thread only;
// before run(), by the thread that made the loop. Any thread may call post() and stop().
//
// Callbacks may call all of these, and may end the watch or timer that called them: once ended, it
// is not called again, even for an event that the kernel has already reported. Callbacks must not
// throw.
//
// Watches and timers must be destroyed before the loop.
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

// Ends the watching when destroyed. Move-only.
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

// A timer, stopped at first. It uses the monotonic clock. Move-only.
class Timer {
 public:
  Timer() = default;

  // Each of these replaces the previous setting.
  void start_once(std::chrono::nanoseconds delay);
  void start_periodic(
      std::chrono::nanoseconds interval);  // a late call stands in for all missed ones
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
  // EPOLLET is included). The caller owns the descriptor, which must outlive the watch.
  Result<Watch> watch(int descriptor, std::uint32_t events, EventCallback callback);

  Result<Timer> make_timer(Task callback);

  // Delivers these signals to the callback instead of their handlers. Blocks them in the calling
  // thread for good. Call this before other threads start, so that they inherit the mask and none
  // of them is killed by one of these signals.
  Result<Watch> watch_signals(std::initializer_list<int> signals, SignalCallback callback);

  // Runs until stop(). Tasks posted before stop() are run first. Fails only if epoll fails.
  Result<void> run();

  // Makes run() return after the callbacks for events that are already reported; if run() is not
  // running, the next one returns.
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
  Fd wakeup_;  // readable when there are tasks
  bool stopping_ = false;
  std::uint64_t last_id_ = 0;
  // A callback in progress holds it too, because it may end its own watch.
  std::unordered_map<std::uint64_t, std::shared_ptr<Watched>> watched_;
  Guarded<std::vector<Task>> tasks_;
};

}  // namespace pppol2tp
