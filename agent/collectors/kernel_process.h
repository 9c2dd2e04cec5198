// A process that may ask the kernel, so that the agent does not need the right to: seeing tunnels
// and sessions takes CAP_NET_ADMIN, which also allows deleting them. It is the first thing that the
// agent starts, from the same program. It keeps that capability (and those for entering other
// network namespaces, if any are configured), gives up all others, and only runs a KernelReader.
// The agent gives up all of them.
//
//   agent ──(pair of sockets)── reader           answers, with the capability
//     └────── child ── keeper ── child ─┘        waits, and starts another reader when one dies
//
// The keeper exists because the agent cannot start a second reader: a capability that was given up
// does not come back. Both die with the agent. Processes of the same user can trace neither (they
// are not dumpable, and a tracer needs the capabilities of the traced process). Because they are
// executed anew, they have their own memory layout. From the agent they have the socket, standard
// output and standard error, and nothing of its environment.
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

  // Call before the first thread starts and before any socket listens. `program` must accept kMode.
  static Result<KernelProcess> start(const std::vector<std::string>& network_namespaces,
                                     const char* program = "/proc/self/exe");
  KernelProcess(KernelProcess&& other) noexcept;
  KernelProcess& operator=(KernelProcess&&) = delete;
  ~KernelProcess();  // kills the process

  // For a KernelLink.
  Fd take_link() { return std::move(link_); }

 private:
  KernelProcess(pid_t keeper, Fd link) : keeper_(keeper), link_(std::move(link)) {}

  pid_t keeper_;
  Fd link_;
};

// The main function of a program started with kMode; returns its exit status. Standard input is the
// socket.
int keep_kernel_reader(const std::vector<std::string>& network_namespaces);

}  // namespace pppol2tp::collectors
