#include "agent/collectors/kernel_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "agent/base/packet_channel.h"

namespace pppol2tp::collectors {
namespace {

// Runs in the child between fork and exec. Standard input becomes the socket. The environment
// (NOTIFY_SOCKET, LISTEN_FDS) and the descriptors are the agent's and are not passed on.
[[noreturn]] void become(const char* program, char* const* arguments, int link) {
  char* const no_environment[] = {nullptr};
  if (dup2(link, STDIN_FILENO) >= 0 && close_range(STDERR_FILENO + 1, ~0U, 0) == 0) {
    execve(program, arguments, no_environment);
  }
  _exit(127);  // the agent finds its link closed
}

}  // namespace

Result<KernelProcess> KernelProcess::start(const std::vector<std::string>& network_namespaces,
                                           const char* program) {
  auto ends = PacketChannel::make_ends();
  if (!ends) return ends.error();
  std::vector<std::string> words{"pppol2tp-agent", kMode};
  words.insert(words.end(), network_namespaces.begin(), network_namespaces.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const pid_t keeper = fork();
  if (keeper < 0) return fail_errno(errno, "a process that asks the kernel");
  if (keeper == 0) become(program, arguments.data(), ends->other.get());
  return KernelProcess(keeper, std::move(ends->one));
}

KernelProcess::KernelProcess(KernelProcess&& other) noexcept
    : keeper_(std::exchange(other.keeper_, -1)), link_(std::move(other.link_)) {}

KernelProcess::~KernelProcess() {
  if (keeper_ < 0) return;
  kill(keeper_, SIGKILL);
  while (waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace pppol2tp::collectors
