#include "agent/base/event_loop.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

namespace pppol2tp {
namespace {

constexpr std::uint64_t kWakeupId = 0;

// Reads, and thereby resets, the counter of an eventfd or timerfd. False: it was zero.
bool take_count(int descriptor) {
  std::uint64_t count = 0;
  return ::read(descriptor, &count, sizeof count) == static_cast<ssize_t>(sizeof count);
}

bool register_with(int epoll, int descriptor, std::uint32_t events, std::uint64_t id) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

timespec timespec_of(std::chrono::nanoseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

}  // namespace

Watch::Watch(Watch&& other) noexcept : loop_(std::exchange(other.loop_, nullptr)), id_(other.id_) {}

Watch& Watch::operator=(Watch&& other) noexcept {
  if (this != &other) {
    end();
    loop_ = std::exchange(other.loop_, nullptr);
    id_ = other.id_;
  }
  return *this;
}

void Watch::end() {
  if (auto* loop = std::exchange(loop_, nullptr)) loop->remove(id_);
}

void Timer::start_once(std::chrono::nanoseconds delay) {
  set(delay, {});
}

void Timer::start_periodic(std::chrono::nanoseconds interval) {
  set(interval, interval);
}

void Timer::stop() {
  const itimerspec never{};
  timerfd_settime(descriptor_, 0, &never, nullptr);
}

void Timer::set(std::chrono::nanoseconds first, std::chrono::nanoseconds interval) {
  // The kernel takes zero as never (timerfd_create(2)).
  const std::chrono::nanoseconds shortest(1);
  const itimerspec times{.it_interval = timespec_of(interval),
                         .it_value = timespec_of(std::max(first, shortest))};
  timerfd_settime(descriptor_, 0, &times, nullptr);
}

Result<std::unique_ptr<EventLoop>> EventLoop::create() {
  Fd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return fail_errno(errno, "epoll_create1");
  Fd wakeup(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wakeup) return fail_errno(errno, "eventfd");
  if (!register_with(epoll.get(), wakeup.get(), EPOLLIN, kWakeupId)) {
    return fail_errno(errno, "epoll_ctl");
  }
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(epoll), std::move(wakeup)));
}

Result<Watch> EventLoop::watch(int descriptor, std::uint32_t events, EventCallback callback) {
  return add({descriptor, std::move(callback), Fd()}, events);
}

Result<Timer> EventLoop::make_timer(Task callback) {
  Fd descriptor(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!descriptor) return fail_errno(errno, "timerfd_create");
  const int number = descriptor.get();
  auto on_expiry = [number, callback = std::move(callback)](std::uint32_t) {
    // Stopped or set again since the kernel reported it: nothing to do.
    if (take_count(number)) callback();
  };
  auto watch = add({number, std::move(on_expiry), std::move(descriptor)}, EPOLLIN);
  if (!watch) return watch.error();
  return Timer(number, *std::move(watch));
}

Result<Watch> EventLoop::watch_signals(std::initializer_list<int> signals,
                                       SignalCallback callback) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal_number : signals) sigaddset(&set, signal_number);
  if (const int error = pthread_sigmask(SIG_BLOCK, &set, nullptr); error != 0) {
    return fail_errno(error, "pthread_sigmask");
  }
  Fd descriptor(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor) return fail_errno(errno, "signalfd");
  const int number = descriptor.get();
  auto on_readable = [number, callback = std::move(callback)](std::uint32_t) {
    signalfd_siginfo info{};
    if (::read(number, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
      callback(static_cast<int>(info.ssi_signo));
    }
  };
  return add({number, std::move(on_readable), std::move(descriptor)}, EPOLLIN);
}

Result<void> EventLoop::run() {
  std::array<epoll_event, 64> events;
  while (!stopping_) {
    const int count =
        epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), /*timeout=*/-1);
    if (count < 0 && errno != EINTR) return fail_errno(errno, "epoll_wait");
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == kWakeupId) {
        run_tasks();
      } else if (const auto found = watched_.find(event.data.u64); found != watched_.end()) {
        const std::shared_ptr<Watched> watched = found->second;
        watched->callback(event.events);
      }
    }
  }
  stopping_ = false;
  return {};
}

void EventLoop::stop() {
  post([this] { stopping_ = true; });
}

void EventLoop::post(Task task) {
  tasks_.lock()->push_back(std::move(task));
  wake();
}

Result<Watch> EventLoop::add(Watched watched, std::uint32_t events) {
  const std::uint64_t id = ++last_id_;
  if (!register_with(epoll_.get(), watched.descriptor, events, id)) {
    return fail_errno(errno, "watching descriptor ", watched.descriptor);
  }
  watched_.emplace(id, std::make_shared<Watched>(std::move(watched)));
  return Watch(*this, id);
}

void EventLoop::remove(std::uint64_t id) {
  const auto found = watched_.find(id);
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second->descriptor, nullptr);
  watched_.erase(found);
}

void EventLoop::run_tasks() {
  take_count(wakeup_.get());
  std::vector<Task> tasks;
  tasks_.lock()->swap(tasks);
  for (const Task& task : tasks) task();
}

void EventLoop::wake() {
  // Fails only if the counter would overflow; then it is already readable.
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wakeup_.get(), &one, sizeof one);
}

}  // namespace pppol2tp
