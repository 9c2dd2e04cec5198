#include "agent/collectors/netns_names.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "agent/collectors/netns_visit.h"

namespace pppol2tp::collectors {
NetnsNames::NetnsNames(std::vector<std::string> named, std::string directory)
    : named_(std::move(named)),
      directory_(std::move(directory)),
      own_inode_(netns_inode("/proc/self/ns/net")) {}

model::NetnsName NetnsNames::name_of(std::uint64_t inode) {
  model::NetnsName result{};
  if (inode == 0 || inode == own_inode_) return result;
  if (!names_.contains(inode)) read_directory();
  const auto [found, is_new] = names_.try_emplace(inode, std::to_string(inode));
  found->second.copy(result.data(), result.size() - 1);
  return result;
}

void NetnsNames::read_directory() {
  for (const std::string& each : named_) {
    const std::uint64_t inode = netns_inode(netns_path(each));
    if (inode != 0) names_.try_emplace(inode, netns_label(each));
  }
  std::error_code ignored;  // no directory, no names
  for (const auto& entry : std::filesystem::directory_iterator(directory_, ignored)) {
    const std::uint64_t inode = netns_inode(entry.path().string());
    if (inode != 0) names_.try_emplace(inode, entry.path().filename().string());
  }
}

}  // namespace pppol2tp::collectors
