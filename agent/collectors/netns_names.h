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
  // `named` are names or paths from the configuration; a path's last part is the name. `directory`
  // is where ip-netns(8) keeps its names.
  explicit NetnsNames(std::vector<std::string> named = {}, std::string directory = "/run/netns");

  // Empty for the agent's own namespace; otherwise its name, or its inode number if it has no name
  // or another namespace has the same.
  // An answer once given for an inode stays, unless another namespace has got that inode number:
  // then the old name no longer leads to it, and a new name does.
  model::NetnsName name_of(std::uint64_t inode);

 private:
  struct Named {
    std::string label;
    std::string path;  // empty: it had no name when it was first looked up
  };
  bool is_known(std::uint64_t inode) const;
  bool is_taken(const std::string& label, std::uint64_t inode) const;
  void note(const std::string& path, std::string label);
  void read_directory();

  std::vector<std::string> named_;
  std::string directory_;
  std::uint64_t own_inode_ = 0;
  std::unordered_map<std::uint64_t, Named> names_;
};

}  // namespace pppol2tp::collectors
