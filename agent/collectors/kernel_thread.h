// Asks the real kernel, on a thread of its own: a question can take as long as the kernel likes,
// and the model's thread has scrapes to serve. Sleeps when nobody asks, nothing is notified and no
// walk is due.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/guarded.h"
#include "agent/collectors/kernel_desk.h"
#include "agent/collectors/watched_netns.h"

namespace pppol2tp::collectors {

class KernelThread final : public KernelDesk {
 public:
  // Watches the process' own network namespace and those named. `on_news` is called on this class'
  // thread, once for each take(), as soon as there are answers to take other than a walk's.
  KernelThread(const std::vector<std::string>& network_namespaces, std::function<void()> on_news);
  ~KernelThread() override;
  KernelThread(const KernelThread&) = delete;
  KernelThread& operator=(const KernelThread&) = delete;

  bool is_idle() const override;
  void ask(KernelQuestions questions) override;
  KernelAnswers take() override;

 private:
  struct Desk {
    KernelQuestions questions;
    bool is_asked = false;
    KernelAnswers answers;
    bool is_news_told = false;
    bool is_stopping = false;
  };

  void run();
  void sleep();
  void work();
  KernelAnswers answer_batch();
  KernelAnswers::EthernetSessions all_ethernet_sessions() const;
  void hand_out(KernelAnswers answers, bool is_news);
  void wake();

  std::function<void()> on_news_;
  Guarded<Desk> desk_;
  Fd wakeup_;
  std::vector<WatchedNetns> namespaces_;  // the thread's own
  std::thread thread_;
};

}  // namespace pppol2tp::collectors
