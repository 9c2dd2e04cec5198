// The calling process' id without a system call: remembered, and forgotten in every child of
// fork(2). Not in one of vfork(2) or clone(2), which may do nothing here.
//
// Any thread; async-signal-safe but for the first call in a process' life.
#pragma once

#include <sys/types.h>

#include <atomic>

namespace pppol2tp::ring {
namespace internal {

extern std::atomic<pid_t> remembered_pid;  // 0: none
pid_t ask_for_pid();

}  // namespace internal

inline pid_t own_pid() {
  const pid_t pid = internal::remembered_pid.load(std::memory_order_relaxed);
  return pid != 0 ? pid : internal::ask_for_pid();
}

}  // namespace pppol2tp::ring
