// As root these tests drop capabilities; as another user there is nothing to drop, and they must
// hold too.
#include "agent/base/capabilities.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <thread>

namespace pppol2tp {
namespace {

// In a child process, because it cannot be undone.
bool holds_in_child(const std::function<bool()>& statement) {
  const pid_t child = fork();
  if (child == 0) _exit(statement() ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(Capabilities, NothingIsLeftWhenNothingIsKept) {
  EXPECT_TRUE(holds_in_child([] {
    return keep_capabilities(0).has_value() && *own_capabilities() == 0 &&
           prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  }));
}

TEST(Capabilities, WhatIsKeptIsLeftIfItWasThere) {
  const Capabilities before = *own_capabilities();
  const Capabilities kept = capability(CAP_NET_ADMIN) | capability(CAP_SYS_ADMIN);
  EXPECT_TRUE(holds_in_child([&] {
    return keep_capabilities(kept).has_value() && *own_capabilities() == (before & kept);
  }));
}

TEST(Capabilities, AProgramThatIsExecutedDoesNotBringThemBack) {
  EXPECT_TRUE(holds_in_child([] {
    if (!keep_capabilities(0)) return false;
    return execl("/bin/sh", "sh", "-c", "grep -q 'CapEff:.*0000000000000000' /proc/self/status",
                 nullptr) == 0;
  }));
}

TEST(Capabilities, AThreadThatIsStartedAfterwardsHasNoMore) {
  EXPECT_TRUE(holds_in_child([] {
    if (!keep_capabilities(0)) return false;
    Capabilities of_thread = ~Capabilities{0};
    std::thread([&] { of_thread = *own_capabilities(); }).join();
    return of_thread == 0;
  }));
}

}  // namespace
}  // namespace pppol2tp
