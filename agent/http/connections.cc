#include "agent/http/connections.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/signal_mask.h"

namespace pppol2tp::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// How often connections are checked while there are too many.
constexpr milliseconds kRecheck(20);

// An answer in sending keeps what it shows (metrics/exposition.h). Scrapers take theirs in one go,
// so if more than these wait for their clients at a time, most of the clients are slow.
constexpr std::size_t kMostWriting = 8;

std::optional<nanoseconds> patience_with(Doing doing) {
  switch (doing) {
    case Doing::awaiting_request:
      return milliseconds(100);
    case Doing::writing:
      return milliseconds(1000);
    case Doing::handling:
      break;
  }
  return std::nullopt;
}

}  // namespace

class Connections::Entry {
 public:
  Entry(ShutDown shut_down, Activity activity)
      : shut_down_(std::move(shut_down)), activity_(activity) {}

  const Activity& activity() const { return activity_; }
  bool is_shut_down() const { return is_shut_down_; }

  void start(Activity activity) { activity_ = activity; }

  bool shut_down() {
    is_shut_down_ = is_shut_down_ || shut_down_();
    return is_shut_down_;
  }

 private:
  ShutDown shut_down_;
  Activity activity_;
  bool is_shut_down_ = false;
};

std::optional<std::size_t> choose_victim(std::span<const Activity> activities, nanoseconds now) {
  std::optional<std::size_t> victim;
  for (std::size_t i = 0; i < activities.size(); ++i) {
    const auto patience = patience_with(activities[i].doing);
    if (!patience || now - activities[i].since < *patience) continue;
    if (!victim || activities[i].since < activities[*victim].since) victim = i;
  }
  return victim;
}

// An eighth of the threads is kept free for new connections.
Connections::Connections(std::size_t threads)
    : crowded_above_(threads - std::max<std::size_t>(1, threads / 8)) {}

Connections::~Connections() = default;

Connections::Entry* Connections::add(ShutDown shut_down, nanoseconds now) {
  auto state = state_.lock();
  Entry* entry =
      &state->open.emplace_back(std::move(shut_down), Activity{Doing::awaiting_request, now});
  ++state->accepted;
  if (shortage(*state) != Shortage::none) crowded_.notify_all();
  return entry;
}

void Connections::remove(Entry* entry) {
  auto state = state_.lock();
  state->open.remove_if([&](const Entry& other) { return &other == entry; });
  if (state->open.empty()) emptied_.notify_all();
}

void Connections::set_doing(Entry* entry, Doing doing, nanoseconds now) {
  const auto state = state_.lock();
  entry->start({doing, now});
  if (doing == Doing::writing && shortage(*state) != Shortage::none) crowded_.notify_all();
}

bool Connections::relieve(nanoseconds now) {
  auto state = state_.lock();
  const Shortage what = shortage(*state);
  if (what == Shortage::none) return false;
  std::vector<Entry*> candidates;
  std::vector<Activity> activities;
  for (Entry& entry : state->open) {
    if (entry.is_shut_down()) continue;
    if (what == Shortage::memory && entry.activity().doing != Doing::writing) continue;
    candidates.push_back(&entry);
    activities.push_back(entry.activity());
  }
  while (const auto victim = choose_victim(activities, now)) {
    if (candidates[*victim]->shut_down()) {
      ++state->shut_down;
      return true;
    }
    const auto place = static_cast<std::ptrdiff_t>(*victim);  // it must not protect the others
    candidates.erase(candidates.begin() + place);
    activities.erase(activities.begin() + place);
  }
  return false;
}

bool Connections::wait_until_crowded() {
  auto state = state_.lock();
  state.wait(crowded_,
             [&] { return state->is_waiting_over || shortage(*state) != Shortage::none; });
  return !state->is_waiting_over;
}

void Connections::pause(nanoseconds time) {
  auto state = state_.lock();
  state.wait_for(stopped_, time, [&] { return state->is_waiting_over; });
}

void Connections::stop_waiting() {
  state_.lock()->is_waiting_over = true;
  crowded_.notify_all();
  stopped_.notify_all();
}

void Connections::shut_down_idle() {
  auto state = state_.lock();
  for (Entry& entry : state->open) {
    if (entry.activity().doing == Doing::awaiting_request) entry.shut_down();
  }
}

void Connections::shut_down_all() {
  auto state = state_.lock();
  for (Entry& entry : state->open) entry.shut_down();
}

bool Connections::wait_until_none(nanoseconds timeout) {
  auto state = state_.lock();
  return state.wait_for(emptied_, timeout, [&] { return state->open.empty(); });
}

ConnectionCounts Connections::counts() const {
  const auto state = state_.lock();
  return {state->open.size(), state->accepted, state->shut_down};
}

Connections::Shortage Connections::shortage(const State& state) const {
  std::size_t staying = 0;
  std::size_t writing = 0;
  for (const Entry& entry : state.open) {
    if (entry.is_shut_down()) continue;
    ++staying;
    if (entry.activity().doing == Doing::writing) ++writing;
  }
  if (staying > crowded_above_) return Shortage::threads;
  return writing > kMostWriting ? Shortage::memory : Shortage::none;
}

Reliever::Reliever(Connections& connections) : connections_(connections) {
  const AllSignalsBlocked blocked;
  thread_ = std::thread([this] { run(); });
}

Reliever::~Reliever() {
  connections_.stop_waiting();
  thread_.join();
}

void Reliever::run() {
  while (connections_.wait_until_crowded()) {
    if (!connections_.relieve(system_clock().monotonic())) connections_.pause(kRecheck);
  }
}

}  // namespace pppol2tp::http
