#include "plugin/ring/process_id.h"

#include <pthread.h>
#include <unistd.h>

namespace pppol2tp::ring::internal {
namespace {

constinit std::atomic<bool> forks_are_noticed{false};
pthread_once_t has_asked = PTHREAD_ONCE_INIT;

void forget() {
  remembered_pid.store(0, std::memory_order_relaxed);
}

void notice_forks() {
  forks_are_noticed = pthread_atfork(nullptr, nullptr, forget) == 0;
}

}  // namespace

constinit std::atomic<pid_t> remembered_pid{0};

pid_t ask_for_pid() {
  pthread_once(&has_asked, notice_forks);
  const pid_t pid = getpid();
  if (forks_are_noticed) remembered_pid.store(pid, std::memory_order_relaxed);
  return pid;
}

}  // namespace pppol2tp::ring::internal
