// The calling process' id without a system call: it is remembered, and forgotten in every child of
// fork(2). Children of vfork(2) and clone(2) are not noticed; they must not call this.
//
// Any thread; async-signal-safe except for the first call in a process.
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
