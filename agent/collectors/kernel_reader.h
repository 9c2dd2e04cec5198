// Asks the real kernel, in a process that has the right to (kernel_process.h). It takes questions
// from a channel, and reports answers, notifications and what walks found. It is a process of its
// own because a question can take long, and the agent has scrapes to serve. Sleeps when there is no
// question, no notification and no walk due.
//
// The other end of the channel is not trusted: a question can only name things to look up. No
// message makes the kernel change anything, or makes the reader write anywhere else or wait for
// anything but the kernel and the other end.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/packet_channel.h"
#include "agent/collectors/kernel_desk.h"
#include "agent/collectors/kernel_messages.h"
#include "agent/collectors/watched_netns.h"

namespace pppol2tp::collectors {

class KernelReader {
 public:
  // Watches the process' own network namespace and those named.
  KernelReader(const std::vector<std::string>& network_namespaces, PacketChannel channel);

  // Runs until the channel's other end is closed.
  void run();

 private:
  enum class Other : std::uint8_t { there, gone };

  void sleep();
  Other hear();
  Other work();
  Other walk(WatchedNetns& netns);
  Other tell(KernelReport report);
  void answer_questions(KernelAnswers& answers);
  KernelAnswers::EthernetSessions all_ethernet_sessions() const;

  PacketChannel channel_;
  std::vector<WatchedNetns> namespaces_;
  std::optional<KernelQuestions> questions_;
  std::vector<KernelAnswers::Namespace> told_;  // as last reported
  std::chrono::nanoseconds cpu_accounted_{};    // of this thread, accounted for so far
};

}  // namespace pppol2tp::collectors
