#include "agent/collectors/netns_names.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <tuple>

#include "agent/collectors/netns_visit.h"

namespace pppol2tp::collectors {
namespace {

constexpr std::size_t kLongestLabel = std::tuple_size_v<model::NetnsName> - 1;

}  // namespace

NetnsNames::NetnsNames(std::vector<std::string> named, std::string directory)
    : named_(std::move(named)),
      directory_(std::move(directory)),
      own_inode_(netns_inode("/proc/self/ns/net")) {}

model::NetnsName NetnsNames::name_of(std::uint64_t inode) {
  model::NetnsName result{};
  if (inode == 0 || inode == own_inode_) return result;
  if (!is_known(inode)) read_directory();
  const auto [found, is_new] = names_.try_emplace(inode, Named{std::to_string(inode), ""});
  found->second.label.copy(result.data(), kLongestLabel);
  return result;
}

bool NetnsNames::is_known(std::uint64_t inode) const {
  const auto found = names_.find(inode);
  if (found == names_.end()) return false;
  const std::string& path = found->second.path;
  return path.empty() || netns_inode(path) == inode;
}

// Several paths may end in the same word, for example /proc/PID/ns/net, and long names may begin
// with the same. Sessions of two namespaces may have the same ids, so their labels should differ.
// They do not if a name is given to another namespace while sessions of the one that had it are
// still shown.
bool NetnsNames::is_taken(const std::string& label, std::uint64_t inode) const {
  return std::any_of(names_.begin(), names_.end(), [&](const auto& each) {
    return each.first != inode && each.second.label == label && is_known(each.first);
  });
}

void NetnsNames::note(const std::string& path, std::string label) {
  const std::uint64_t inode = netns_inode(path);
  if (inode == 0 || is_known(inode)) return;
  label.resize(std::min(label.size(), kLongestLabel));
  if (is_taken(label, inode)) label = std::to_string(inode);
  names_.insert_or_assign(inode, Named{std::move(label), path});
}

void NetnsNames::read_directory() {
  for (const std::string& each : named_) note(netns_path(each), netns_label(each));
  std::error_code ignored;  // without the directory there are no names
  for (const auto& entry : std::filesystem::directory_iterator(directory_, ignored)) {
    note(entry.path().string(), entry.path().filename().string());
  }
}

}  // namespace pppol2tp::collectors
