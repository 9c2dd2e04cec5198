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
    system_call,  // one is about to be made, or has been
    pause,        // the process has called pause()
    ended,        // it has returned from its body
    failed,       // it died of something else
  };

  // Forks; the child is halted before it calls `body`. This process must have one thread.
  explicit HaltedProcess(const std::function<void()>& body);
  ~HaltedProcess();
  HaltedProcess(const HaltedProcess&) = delete;
  HaltedProcess& operator=(const HaltedProcess&) = delete;

  // To the next halt of any thread. The others run on to theirs.
  Halt go_on();

  // Whether it could change memory that outlives it. Not to be asked once it has ended.
  bool shares_writable_memory() const;

  // For the body, on its first thread.
  static void pause();

 private:
  // What became of the process, or of the thread of it that halted.
  Halt look(pid_t who, int status);

  pid_t pid_;
  pid_t halted_ = 0;  // the thread that go_on() lets go first; 0: none
  int signal_ = 0;    // to be delivered to it then
};

}  // namespace pppol2tp::ring::test
