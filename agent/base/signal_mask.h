// While it lives, the thread that made it takes no signals, and neither does any thread that is
// started meanwhile, for good: a signal then finds the thread that waits for it. For starting
// threads of libraries, whatever the mask of the caller.
#pragma once

#include <pthread.h>

#include <csignal>

namespace pppol2tp {

class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace pppol2tp
