// Blocks all signals in the thread that made it, until it is destroyed; threads that are started
// meanwhile keep them blocked. So signals go to the thread that waits for them. For starting the
// threads of libraries.
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
