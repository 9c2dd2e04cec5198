#include "agent/collectors/netns_visit.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>

namespace pppol2tp::collectors {

std::string netns_path(const std::string& name_or_path) {
  return name_or_path.find('/') == std::string::npos ? concat("/run/netns/", name_or_path)
                                                     : name_or_path;
}

std::string netns_label(const std::string& name_or_path) {
  return name_or_path.substr(name_or_path.rfind('/') + 1);
}

std::uint64_t netns_inode(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

Result<NetnsVisit> NetnsVisit::enter(const std::string& path) {
  Fd home(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!home) return fail_errno(errno, "/proc/thread-self/ns/net");
  const Fd there(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!there) return fail_errno(errno, "network namespace ", path);
  struct stat status {};
  if (fstat(there.get(), &status) != 0) return fail_errno(errno, "network namespace ", path);
  if (setns(there.get(), CLONE_NEWNET) != 0) {
    const char* const remedy = errno == EPERM ? " (CAP_SYS_ADMIN is missing)" : "";
    return fail_errno(errno, "network namespace ", path, ": cannot be entered", remedy);
  }
  return NetnsVisit(std::move(home), status.st_ino);
}

NetnsVisit::~NetnsVisit() {
  // A thread that is lost in a foreign namespace would take its answers for its own.
  if (home_ && setns(home_.get(), CLONE_NEWNET) != 0) std::abort();
}

}  // namespace pppol2tp::collectors
