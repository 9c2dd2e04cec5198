#include "tests/bench/ring/partner.h"

#include <sched.h>

#include <ctime>
#include <utility>

namespace pppol2tp::bench {
namespace {

constexpr std::uint64_t kTaskBits = 8;
constexpr std::uint64_t kTransportBits = 8;

// Numbered, so that the same order twice is seen as two.
std::uint64_t order_of(std::uint64_t number, Task task, std::size_t transport) {
  return (number << kTransportBits | transport) << kTaskBits | static_cast<std::uint64_t>(task);
}

Task task_of(std::uint64_t order) {
  return static_cast<Task>(order % (1u << kTaskBits));
}

std::size_t transport_of(std::uint64_t order) {
  return (order >> kTaskBits) % (1u << kTransportBits);
}

}  // namespace

Partner::Partner(std::vector<Transport*> transports) : transports_(std::move(transports)) {
  child_.emplace([this] { follow_orders(); });
  pin_writer();
  start(Task::none);
}

Partner::~Partner() {
  board_->order.store(order_of(++orders_, Task::finish, 0));
}

void Partner::start(Task task, std::size_t transport) {
  const std::uint64_t order = order_of(++orders_, task, transport);
  board_->order.store(order);
  while (board_->begun.load(std::memory_order_acquire) != order) relax();
}

double Partner::hop_ns() {
  constexpr std::size_t kBlocks = 15;
  constexpr std::uint64_t kRoundTrips = 40;
  start(Task::ball);
  std::vector<double> hops;
  std::uint64_t thrown = 0;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    const std::uint64_t begin = now_ns();
    for (std::uint64_t i = 0; i < kRoundTrips; ++i, thrown += 2) {
      board_->ball.store(thrown + 1, std::memory_order_release);
      while (board_->ball.load(std::memory_order_acquire) != thrown + 2) {
      }
    }
    hops.push_back(static_cast<double>(now_ns() - begin) / (2.0 * kRoundTrips));
  }
  start(Task::none);
  return median(hops);
}

void Partner::follow_orders() {
  pin_reader();
  for (Transport* const transport : transports_) transport->attach_reader();
  std::uint64_t order = 0;
  while (task_of(order) != Task::finish) {
    if (is_current(order)) {
      relax();
      continue;
    }
    order = board_->order.load(std::memory_order_acquire);
    board_->received = 0;
    board_->ball = 0;
    board_->begun.store(order, std::memory_order_release);
    carry_out(order);
  }
}

void Partner::carry_out(std::uint64_t order) {
  const Task task = task_of(order);
  switch (task) {
    case Task::ball:
      return return_ball(order);
    case Task::poll:
      return poll(*transports_[transport_of(order)], order);
    case Task::spin:
    case Task::time:
      return spin(*transports_[transport_of(order)], task == Task::time, order);
    case Task::none:
    case Task::finish:
      return;
  }
}

void Partner::return_ball(std::uint64_t order) {
  for (std::uint64_t expected = 1; is_current(order);) {
    if (board_->ball.load(std::memory_order_acquire) != expected) continue;
    board_->ball.store(expected + 1, std::memory_order_release);
    expected += 2;
  }
}

void Partner::poll(Transport& transport, std::uint64_t order) {
  constexpr timespec kPause{0, 1'000'000};
  for (std::uint64_t count = 0; is_current(order);) {
    count += transport.receive_all();
    board_->received.store(count, std::memory_order_release);
    nanosleep(&kPause, nullptr);
  }
}

void Partner::spin(Transport& transport, bool takes_times, std::uint64_t order) {
  ring::Record record;
  for (std::uint64_t count = 0; is_current(order);) {
    if (!transport.receive(record)) {
      relax();
      continue;
    }
    if (takes_times && count < kMaxTimes) {
      board_->times_ns[count] = now_ns() - record.header.time_ns;
    }
    board_->received.store(++count, std::memory_order_release);
  }
}

}  // namespace pppol2tp::bench
