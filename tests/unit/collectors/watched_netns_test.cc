// Against this machine's kernel, whatever it has; the answers of a kernel that can be asked are
// tested in the guest. A process that may not enter another network namespace opens nothing there,
// and keeps nothing.
#include "agent/collectors/watched_netns.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "agent/base/concat.h"

namespace pppol2tp::collectors {
namespace {

using namespace std::chrono_literals;

// A process in its own network namespace, if this process may create one; both end together.
class ForeignNetns {
 public:
  ForeignNetns() {
    int ready[2];
    if (pipe(ready) != 0) std::abort();
    process_ = fork();
    if (process_ == 0) {
      static_cast<void>(unshare(CLONE_NEWNET));
      static_cast<void>(write(ready[1], "x", 1));
      for (;;) pause();
    }
    char byte = 0;
    static_cast<void>(read(ready[0], &byte, 1));
    for (const int end : ready) close(end);
  }
  ~ForeignNetns() { end(); }

  std::string path() const { return concat("/proc/", process_, "/ns/net"); }
  void end() {
    if (process_ <= 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  pid_t process_ = -1;
};

// A socket keeps its namespace alive, with all interfaces that are in it.
void expect_nothing_open(const WatchedNetns& watched) {
  EXPECT_LT(watched.notifications(), 0);
  EXPECT_LT(watched.addresses(), 0);
  EXPECT_LT(watched.links(), 0);
}

TEST(WatchedNetns, NothingStaysOpenInANamespaceThatHasGone) {
  ForeignNetns foreign;
  WatchedNetns watched(foreign.path());
  const WatchedNetns::Time begin{};
  watched.keep_open(begin);
  foreign.end();
  watched.keep_open(begin + 1min);
  EXPECT_NE(watched.problem(), "");
  expect_nothing_open(watched);
}

TEST(WatchedNetns, NamespaceIsLookedForAgainWithoutAnyoneAsking) {
  WatchedNetns watched("/nowhere/ns");
  const WatchedNetns::Time begin{};
  watched.keep_open(begin);
  EXPECT_NE(watched.problem().find("/nowhere/ns"), std::string::npos) << watched.problem();
  EXPECT_GT(watched.next_due(), begin);
  EXPECT_LE(watched.next_due(), begin + 1min);
  expect_nothing_open(watched);
}

}  // namespace
}  // namespace pppol2tp::collectors
