// The keeper's side of kernel_process.h.
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "agent/base/capabilities.h"
#include "agent/base/packet_channel.h"
#include "agent/collectors/kernel_messages.h"
#include "agent/collectors/kernel_process.h"
#include "agent/collectors/kernel_reader.h"

namespace pppol2tp::collectors {
namespace {

constexpr int kEnded = 0;
constexpr int kTrouble = 1;
constexpr int kBadInput = 2;
// Longer than the interval at which the agent checks its collectors' health.
constexpr int kRestartDelayMs = 3'000;

int complain(const std::string& message, int status) {
  std::fprintf(stderr, "pppol2tp-agent: kernel reader: %s\n", message.c_str());
  return status;
}

bool is_agents_socket(int descriptor) {
  int type = 0;
  socklen_t length = sizeof type;
  return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET;
}

// The kernel kills this process when its parent dies. If the parent died before this call, the
// process finds the socket closed.
void die_with_parent() {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

// The capabilities for asking the kernel and for entering other namespaces. A namespace that is
// named through a process of root's (/proc/PID) needs the same right as access to that process'
// memory.
Capabilities needed_for(const std::vector<std::string>& network_namespaces) {
  Capabilities needed = capability(CAP_NET_ADMIN);
  for (const std::string& name : network_namespaces) {
    needed |= capability(CAP_SYS_ADMIN);
    if (name.starts_with("/proc/")) needed |= capability(CAP_SYS_PTRACE);
  }
  return needed;
}

Result<void> shut_off(Capabilities kept) {
  // The agent stops the processes that it started. A terminal's Ctrl-C and a service manager's
  // SIGTERM go to all processes; if the reader ended because of them, that would look like a fault.
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(ignored, SIG_IGN);
  std::signal(SIGCHLD, SIG_DFL);  // it may have been inherited as ignored
  die_with_parent();
  prctl(PR_SET_NAME, "pppol2tp-kernel", 0, 0, 0);
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fail_errno(errno, "PR_SET_DUMPABLE");
  return keep_capabilities(kept);
}

std::string end_of(int status) {
  return WIFSIGNALED(status)
             ? concat("was killed by signal ", WTERMSIG(status))
             : concat("ended with exit status ", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

// Returns whether the agent is there to receive the message.
bool tell_of_end(const std::string& how) {
  KernelReport report;
  report.answers.namespaces = {{0, concat("the kernel reader ", how, "; it is started again")}};
  report.is_news = true;
  report.is_restart = true;
  PacketChannel channel(Fd(dup(STDIN_FILENO)), 0);
  return channel.send(encode(report), PacketChannel::Patience::endless).has_value();
}

// Returns whether the agent is still there.
bool wait_before_restart() {
  pollfd link{STDIN_FILENO, 0, 0};  // poll(2) always reports that the other end was closed
  poll(&link, 1, kRestartDelayMs);
  return (link.revents & (POLLHUP | POLLERR)) == 0;
}

int run_reader(const std::vector<std::string>& network_namespaces, pid_t keeper) {
  die_with_parent();
  if (getppid() != keeper) return kEnded;
  KernelReader(network_namespaces, PacketChannel(Fd(STDIN_FILENO), kMostQuestionBytes)).run();
  return kEnded;
}

}  // namespace

int keep_kernel_reader(const std::vector<std::string>& network_namespaces) {
  if (!is_agents_socket(STDIN_FILENO)) {
    return complain("is started by the agent, not by hand", kBadInput);
  }
  const auto shut = shut_off(needed_for(network_namespaces));
  if (!shut) return complain(shut.error().message, kTrouble);
  const pid_t keeper = getpid();
  for (;;) {
    const pid_t reader = fork();
    if (reader == 0) _exit(run_reader(network_namespaces, keeper));
    if (reader < 0) return complain("cannot be started: fork", kTrouble);
    int status = 0;
    while (waitpid(reader, &status, 0) < 0 && errno == EINTR) {
    }
    const bool is_agent_gone = WIFEXITED(status) && WEXITSTATUS(status) == kEnded;
    if (is_agent_gone || !tell_of_end(end_of(status)) || !wait_before_restart()) return kEnded;
  }
}

}  // namespace pppol2tp::collectors
