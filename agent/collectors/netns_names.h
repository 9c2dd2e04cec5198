// Names of network namespaces, for the label `netns`: what `ip netns` calls them.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/model/session.h"

namespace pppol2tp::collectors {

class NetnsNames {
 public:
  // `directory` is where ip-netns(8) keeps its names.
  // `named` are names or paths whose last part is the name, as in the configuration.
  explicit NetnsNames(std::vector<std::string> named = {}, std::string directory = "/run/netns");

  // Empty for the agent's own namespace; otherwise its name, or its inode number when it has none.
  // What was once answered for an inode stays, so that a session's labels do not change.
  model::NetnsName name_of(std::uint64_t inode);

 private:
  void read_directory();

  std::vector<std::string> named_;
  std::string directory_;
  std::uint64_t own_inode_ = 0;
  std::unordered_map<std::uint64_t, std::string> names_;
};

}  // namespace pppol2tp::collectors
