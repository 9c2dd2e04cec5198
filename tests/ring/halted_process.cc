#include "tests/ring/halted_process.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace pppol2tp::ring::test {

HaltedProcess::HaltedProcess(const std::function<void()>& body) {
  pid_ = fork();
  if (pid_ == 0) {
    setpgid(0, 0);  // so that only its own threads are waited for
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    pause();
    body();
    _exit(0);
  }
  waitpid(pid_, nullptr, 0);
  ptrace(PTRACE_SETOPTIONS, pid_, nullptr, PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL);
  halted_ = pid_;
}

HaltedProcess::~HaltedProcess() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(-pid_, nullptr, __WALL) > 0) {
  }
}

void HaltedProcess::pause() {
  raise(SIGSTOP);
}

HaltedProcess::Halt HaltedProcess::go_on() {
  if (halted_ != 0) ptrace(PTRACE_SYSCALL, halted_, nullptr, signal_);
  halted_ = 0;
  signal_ = 0;
  int status = 0;
  const pid_t who = waitpid(-pid_, &status, __WALL);
  return who < 0 ? Halt::failed : look(who, status);
}

HaltedProcess::Halt HaltedProcess::look(pid_t who, int status) {
  if (WIFSTOPPED(status)) {
    halted_ = who;
    if (WSTOPSIG(status) == SIGTRAP) return Halt::system_call;
    // A new thread begins with a SIGSTOP from the tracer.
    if (WSTOPSIG(status) == SIGSTOP) return who == pid_ ? Halt::pause : Halt::system_call;
    signal_ = WSTOPSIG(status);
    return Halt::system_call;
  }
  if (who != pid_) return Halt::system_call;  // a thread's last one
  pid_ = 0;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Halt::ended : Halt::failed;
}

bool HaltedProcess::shares_writable_memory() const {
  std::ifstream maps("/proc/" + std::to_string(pid_) + "/maps");
  std::string line;
  bool has_any = false;
  while (std::getline(maps, line)) {
    has_any = true;
    const std::string permissions = line.substr(line.find(' ') + 1, 4);
    if (permissions[1] == 'w' && permissions[3] == 's') return true;
  }
  return !has_any;
}

}  // namespace pppol2tp::ring::test
