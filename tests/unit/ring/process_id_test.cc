#include "plugin/ring/process_id.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace pppol2tp::ring {
namespace {

bool holds_in_child(const std::function<bool()>& claim) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(claim() ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status == 0;
}

TEST(ProcessId, IsTheKernels) {
  EXPECT_EQ(own_pid(), getpid());
  EXPECT_EQ(own_pid(), getpid());
}

TEST(ProcessId, IsAnotherInAChildOfForkAndInItsChild) {
  const pid_t here = own_pid();
  EXPECT_TRUE(holds_in_child([&] {
    const pid_t child = own_pid();
    return child == getpid() && child != here &&
           holds_in_child([&] { return own_pid() == getpid() && own_pid() != child; });
  }));
  EXPECT_EQ(own_pid(), here);
}

// Children of clone(2) are not noticed: there the remembered id differs from the kernel's.
TEST(ProcessId, IsRemembered) {
  const pid_t here = own_pid();
  const pid_t child = static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
  if (child == 0) {
    _exit(own_pid() == here ? 0 : 1);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace pppol2tp::ring
