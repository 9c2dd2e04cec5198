#include "agent/collectors/netns_names.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace pppol2tp::collectors {
namespace {

std::uint64_t inode_of(const char* path) {
  struct stat status {};
  return stat(path, &status) == 0 ? status.st_ino : 0;
}

}  // namespace

NetnsNames::NetnsNames(std::string directory)
    : directory_(std::move(directory)), own_inode_(inode_of("/proc/self/ns/net")) {}

model::NetnsName NetnsNames::name_of(std::uint64_t inode) {
  model::NetnsName result{};
  if (inode == 0 || inode == own_inode_) return result;
  if (!names_.contains(inode)) read_directory();
  const auto [found, is_new] = names_.try_emplace(inode, std::to_string(inode));
  found->second.copy(result.data(), result.size() - 1);
  return result;
}

void NetnsNames::read_directory() {
  std::error_code ignored;  // no directory, no names
  for (const auto& entry : std::filesystem::directory_iterator(directory_, ignored)) {
    const std::uint64_t inode = inode_of(entry.path().c_str());
    if (inode != 0) names_.try_emplace(inode, entry.path().filename().string());
  }
}

}  // namespace pppol2tp::collectors
