// A thread's visit to another network namespace. Sockets that it opens there stay there.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace pppol2tp::collectors {

// A name's file in the directory of ip-netns(8); a name with a slash is a path already.
std::string netns_path(const std::string& name_or_path);

// The label `netns` for it.
std::string netns_label(const std::string& name_or_path);

class NetnsVisit {
 public:
  // Needs CAP_SYS_ADMIN.
  static Result<NetnsVisit> enter(const std::string& path);
  NetnsVisit(NetnsVisit&&) noexcept = default;
  NetnsVisit& operator=(NetnsVisit&&) = delete;
  ~NetnsVisit();  // returns the thread to its namespace

  std::uint64_t inode() const { return inode_; }

 private:
  NetnsVisit(Fd home, std::uint64_t inode) : home_(std::move(home)), inode_(inode) {}

  Fd home_;
  std::uint64_t inode_;
};

// 0 if there is none.
std::uint64_t netns_inode(const std::string& path);

}  // namespace pppol2tp::collectors
