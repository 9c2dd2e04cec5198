#include "plugin/ring/wake.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <ctime>

namespace pppol2tp::ring::internal {
namespace {

constexpr std::uint64_t kNsPerMs = 1'000'000;
constexpr std::uint64_t kNsPerSecond = 1'000'000'000;

std::uint32_t coarse_ms() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(now.tv_sec) * 1000 +
                                    static_cast<std::uint64_t>(now.tv_nsec) / kNsPerMs);
}

timespec duration(std::uint64_t ns) {
  return {static_cast<time_t>(ns / kNsPerSecond), static_cast<long>(ns % kNsPerSecond)};
}

// Not FUTEX_PRIVATE_FLAG: the two ends are in different processes.
void futex_wake(const std::atomic<std::uint32_t>& word, int how_many) {
  syscall(SYS_futex, &word, FUTEX_WAKE, how_many, nullptr, nullptr, 0);
}

std::uint32_t time_of(std::uint32_t token) {
  return (token + 1) & ~std::uint32_t{1};
}

bool is_owing(std::uint32_t token) {
  return token % 2 != 0;
}

// Pays what is owed to readers that may sleep on `before`. Called by the writer that replaced it by
// `mine`.
void settle(Control& control, std::uint32_t before, std::uint32_t mine) {
  std::atomic_thread_fence(std::memory_order_seq_cst);  // the swap is seen before the clock is read
  const bool may_be_slept_on = coarse_ms() - before >= kWakeQuietMs - 1;
  if (may_be_slept_on || is_owing(before)) futex_wake(control.wake_token, INT_MAX);
  control.wake_token.compare_exchange_strong(mine, time_of(mine), std::memory_order_release,
                                             std::memory_order_relaxed);
}

}  // namespace

void wake_reader(Control& control) {
  // Read the clock after the token: so it is never behind it, and the token never goes back.
  std::uint32_t token = control.wake_token.load(std::memory_order_acquire);
  std::uint32_t now = coarse_ms();
  while (now - time_of(token) >= kWakePeriodMs) {
    const std::uint32_t mine = (now & ~std::uint32_t{1}) - 1;
    if (control.wake_token.compare_exchange_strong(token, mine, std::memory_order_seq_cst,
                                                   std::memory_order_acquire)) {
      return settle(control, token, mine);
    }
    now = coarse_ms();
  }
}

void wait_for_writer(const Control& control, std::uint64_t seen, std::uint64_t timeout_ns) {
  const std::uint32_t token = control.wake_token.load(std::memory_order_seq_cst);
  const std::uint32_t quiet = coarse_ms() - token;
  if (control.next_ticket.load(std::memory_order_seq_cst) != seen) return;
  if (quiet < kWakeQuietMs) {
    const std::uint64_t rest_ns = (kWakeQuietMs - quiet) * kNsPerMs;
    const timespec pause = duration(rest_ns < timeout_ns ? rest_ns : timeout_ns);
    nanosleep(&pause, nullptr);
    return;
  }
  const timespec timeout = duration(timeout_ns);
  syscall(SYS_futex, &control.wake_token, FUTEX_WAIT, token, &timeout, nullptr, 0);
}

void wake_everybody(const Control& control) {
  futex_wake(control.wake_token, INT_MAX);
}

}  // namespace pppol2tp::ring::internal
