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
  if (!is_known(inode)) read_directory();
  const auto [found, is_new] = names_.try_emplace(inode, Named{std::to_string(inode), ""});
  found->second.label.copy(result.data(), result.size() - 1);
  return result;
}

bool NetnsNames::is_known(std::uint64_t inode) const {
  const auto found = names_.find(inode);
  if (found == names_.end()) return false;
  const std::string& path = found->second.path;
  return path.empty() || netns_inode(path) == inode;
}

void NetnsNames::note(const std::string& path, std::string label) {
  const std::uint64_t inode = netns_inode(path);
  if (inode == 0) return;
  const auto [found, is_new] = names_.try_emplace(inode, Named{label, path});
  if (!is_new && !is_known(inode)) found->second = {std::move(label), path};
}

void NetnsNames::read_directory() {
  for (const std::string& each : named_) note(netns_path(each), netns_label(each));
  std::error_code ignored;  // without the directory there are no names
  for (const auto& entry : std::filesystem::directory_iterator(directory_, ignored)) {
    note(entry.path().string(), entry.path().filename().string());
  }
}

}  // namespace pppol2tp::collectors
