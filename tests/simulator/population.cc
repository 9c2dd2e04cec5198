#include "tests/simulator/population.h"

#include <algorithm>

namespace pppol2tp::simulator {

Worker::Worker(std::vector<std::unique_ptr<SimulatedSession>> sessions, std::uint64_t ramp_ns)
    : sessions_(std::move(sessions)), due_at_ns_(sessions_.size(), kNever) {
  const std::uint64_t now = ring::now_ns();
  for (std::uint32_t i = 0; i < sessions_.size(); ++i) {
    schedule(i, now + ramp_ns * i / sessions_.size());
  }
  thread_ = std::thread([this] { run(); });
}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::uint32_t Worker::drop(std::uint32_t count, ring::Cause cause) {
  Order order{count, cause};
  std::unique_lock lock(mutex_);
  order_ = &order;
  changed_.notify_all();
  changed_.wait(lock, [&] { return order.finished; });
  return order.done;
}

void Worker::schedule(std::uint32_t index, std::uint64_t at_ns) {
  due_at_ns_[index] = at_ns;
  if (at_ns != kNever) due_.push({at_ns, index});
}

void Worker::obey(Order& order) {
  const std::uint64_t now = ring::now_ns();
  for (std::uint32_t i = 0; i < sessions_.size() && order.done < order.count; ++i) {
    if (!sessions_[i]->drop(order.cause, now)) continue;
    ++order.done;
    schedule(i, now);
  }
  order.finished = true;
}

void Worker::work_off(std::uint64_t now_ns) {
  while (!due_.empty() && due_.top().at_ns <= now_ns) {
    const auto [at_ns, index] = due_.top();
    due_.pop();
    if (at_ns != due_at_ns_[index]) continue;  // from before it was dropped
    schedule(index, sessions_[index]->step(now_ns));
  }
}

std::chrono::nanoseconds Worker::until_next_due() const {
  const std::uint64_t now = ring::now_ns();
  if (due_.empty()) return std::chrono::seconds(1);
  return std::chrono::nanoseconds(due_.top().at_ns > now ? due_.top().at_ns - now : 0);
}

// All that touches a session happens on this thread: its slot's mutex knows its owner.
void Worker::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (order_ != nullptr) {
      obey(*order_);
      order_ = nullptr;
      changed_.notify_all();
    }
    work_off(ring::now_ns());
    const auto has_word = [this] { return stopping_ || order_ != nullptr; };
    changed_.wait_for(lock, until_next_due(), has_word);
  }
  for (auto& session : sessions_) session->drop(ring::Cause::user_request, ring::now_ns());
}

Population::Population(std::uint32_t sessions, std::uint32_t tunnels, std::uint64_t ramp_ns,
                       const Habits& habits, ring::Segment& segment, Truth& truth) {
  for (std::uint32_t first = 0; first < sessions; first += kSessionsPerThread) {
    std::vector<std::unique_ptr<SimulatedSession>> some;
    for (std::uint32_t i = first; i < std::min(first + kSessionsPerThread, sessions); ++i) {
      some.push_back(std::make_unique<SimulatedSession>(i, tunnels, habits, segment, truth));
    }
    workers_.emplace_back(std::move(some), ramp_ns);
  }
}

std::uint32_t Population::drop(std::uint32_t count, ring::Cause cause) {
  std::uint32_t done = 0;
  for (Worker& worker : workers_) {
    if (done == count) break;
    done += worker.drop(count - done, cause);
  }
  return done;
}

}  // namespace pppol2tp::simulator
