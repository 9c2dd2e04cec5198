// The process that may ask the kernel, so that the agent need not: seeing tunnels and sessions
// takes CAP_NET_ADMIN, which also lets its holder delete them. Started as the agent's first deed,
// from the same program, it keeps that capability (and those that entering other network namespaces
// takes, if there are any), gives up all others, and does nothing but run a KernelReader. The agent
// gives up all of them.
//
//   agent ──(pair of sockets)── reader           answers, with the capability
//     └────── child ── keeper ── child ─┘        waits, and starts another reader when one dies
//
// The keeper is there because the agent could not start a second one: what it gave up does not come
// back. Both die with the agent. Neither can be traced by processes of the same user (not dumpable;
// and a tracer needs the capabilities of the traced). Being executed anew, they have a memory
// layout of their own; of the agent's descriptors they have the socket and standard output and
// error, and nothing of its environment.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace pppol2tp::collectors {

class KernelProcess {
 public:
  // The first argument that makes the program the keeper; network namespaces follow.
  static constexpr const char* kMode = "--kernel-reader";

  // Before the first thread, and before anybody is listened to. `program` takes kMode.
  static Result<KernelProcess> start(const std::vector<std::string>& network_namespaces,
                                     const char* program = "/proc/self/exe");
  KernelProcess(KernelProcess&& other) noexcept;
  KernelProcess& operator=(KernelProcess&&) = delete;
  ~KernelProcess();  // kills it

  // For a KernelLink.
  Fd take_link() { return std::move(link_); }

 private:
  KernelProcess(pid_t keeper, Fd link) : keeper_(keeper), link_(std::move(link)) {}

  pid_t keeper_;
  Fd link_;
};

// What a program does that was started with kMode: its exit status. Standard input is the socket.
int keep_kernel_reader(const std::vector<std::string>& network_namespaces);

}  // namespace pppol2tp::collectors
