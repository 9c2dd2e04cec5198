#include "tests/bench/ring/system_calls.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <ctime>
#include <deque>
#include <stdexcept>

#include "tests/bench/ring/measure.h"

namespace pppol2tp::bench {
namespace {

constexpr timespec kPause{0, 100'000};

// A process that is traced from the constructor to the destructor.
class Traced {
 public:
  explicit Traced(pid_t pid) : pid_(pid) {
    if (ptrace(PTRACE_SEIZE, pid_, nullptr, PTRACE_O_TRACESYSGOOD) != 0 ||
        ptrace(PTRACE_INTERRUPT, pid_, nullptr, nullptr) != 0) {
      throw std::runtime_error("a process of the measurement cannot be traced");
    }
  }
  ~Traced() {
    ptrace(PTRACE_INTERRUPT, pid_, nullptr, nullptr);
    waitpid(pid_, nullptr, __WALL);
    ptrace(PTRACE_DETACH, pid_, nullptr, nullptr);
  }
  Traced(const Traced&) = delete;
  Traced& operator=(const Traced&) = delete;

  // Lets the process go on if it is halted.
  void look() {
    int status = 0;
    if (waitpid(pid_, &status, __WALL | WNOHANG) != pid_) return;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      throw std::runtime_error("a process of the measurement has ended before its time");
    }
    if (WSTOPSIG(status) == (SIGTRAP | 0x80)) ++halts_;  // before and after each system call
    ptrace(PTRACE_SYSCALL, pid_, nullptr, nullptr);
  }
  std::uint64_t calls() const { return (halts_ + 1) / 2; }

 private:
  pid_t pid_;
  std::uint64_t halts_ = 0;
};

}  // namespace

std::uint64_t count_system_calls(const std::vector<pid_t>& processes, std::uint64_t duration_ns) {
  std::deque<Traced> traced;
  for (const pid_t pid : processes) traced.emplace_back(pid);
  for (const std::uint64_t end = now_ns() + duration_ns; now_ns() < end;) {
    for (Traced& each : traced) each.look();
    nanosleep(&kPause, nullptr);
  }
  std::uint64_t calls = 0;
  for (const Traced& each : traced) calls += each.calls();
  return calls;
}

}  // namespace pppol2tp::bench
