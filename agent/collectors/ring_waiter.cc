#include "agent/collectors/ring_waiter.h"

#include <utility>

#include "plugin/ring/reader.h"

namespace pppol2tp::collectors {
namespace {

constexpr std::uint64_t kLongestWaitNs = 60'000'000'000;
constexpr std::chrono::milliseconds kPatience{5};

}  // namespace

RingWaiter::RingWaiter(std::function<void()> on_activity)
    : on_activity_(std::move(on_activity)), thread_([this] { run(); }) {}

RingWaiter::~RingWaiter() {
  {
    auto state = state_.lock();
    state->stopping = true;
    changed_.notify_all();
    // Repeated, because an interruption just before the waiter falls asleep does not wake it.
    while (!state.wait_for(changed_, kPatience, [&] { return state->stopped; })) {
      if (state->segment) ring::Reader::interrupt(*state->segment);
    }
  }
  thread_.join();
}

void RingWaiter::arm(std::shared_ptr<const ring::Segment> segment, std::uint64_t seen) {
  auto state = state_.lock();
  if (state->segment) return;
  state->segment = std::move(segment);
  state->seen = seen;
  changed_.notify_all();
}

void RingWaiter::run() {
  while (wait_once()) on_activity_();
  state_.lock()->stopped = true;
  changed_.notify_all();
}

bool RingWaiter::wait_once() {
  std::shared_ptr<const ring::Segment> segment;
  std::uint64_t seen = 0;
  {
    auto state = state_.lock();
    state.wait(changed_, [&] { return state->stopping || state->segment; });
    if (state->stopping) return false;
    segment = state->segment;
    seen = state->seen;
  }
  ring::Reader::wait(*segment, seen, kLongestWaitNs);
  auto state = state_.lock();
  state->segment.reset();
  return !state->stopping;
}

}  // namespace pppol2tp::collectors
