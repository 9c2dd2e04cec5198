// A child of this process that is halted before and after each of its system calls, whichever of
// its threads makes them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>

namespace pppol2tp::ring::test {

class HaltedProcess {
 public:
  enum class Halt : std::uint8_t {
    system_call,  // before or after a system call
    pause,        // the process has called pause()
    ended,        // its body has returned
    failed,       // it died of another reason
  };

  // Forks; the child is halted before it calls `body`. This process must have one thread.
  explicit HaltedProcess(const std::function<void()>& body);
  ~HaltedProcess();
  HaltedProcess(const HaltedProcess&) = delete;
  HaltedProcess& operator=(const HaltedProcess&) = delete;

  // Goes on to the next halt of any thread. The other threads run on to their own.
  Halt go_on();

  // Whether it could change memory that outlives it. Must not be called after its end.
  bool shares_writable_memory() const;

  // Called by the body, on its first thread.
  static void pause();

 private:
  // What happened to the process, or to its thread that halted.
  Halt look(pid_t who, int status);

  pid_t pid_;
  pid_t halted_ = 0;  // the thread that go_on() lets go first; 0: none
  int signal_ = 0;    // delivered to it then
};

}  // namespace pppol2tp::ring::test
