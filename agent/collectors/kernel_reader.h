// Asks the real kernel, in a process that has the right to (kernel_process.h): takes questions from
// a channel, and reports by it what they brought, what was notified and what walks came upon. A
// question can take as long as the kernel likes, and the agent has scrapes to serve. Sleeps when
// nobody asks, nothing is notified and no walk is due.
//
// Whoever is at the other end is not trusted: a question names things that may be looked up, and
// no message makes the kernel change anything, makes the reader write anywhere else or wait for
// anybody but the kernel and the other end.
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

  // Until nobody is at the channel's other end.
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
  std::vector<KernelAnswers::Namespace> told_;  // as they were when they were last reported
  std::chrono::nanoseconds cpu_accounted_{};    // of this thread: what it was used for is known
};

}  // namespace pppol2tp::collectors
