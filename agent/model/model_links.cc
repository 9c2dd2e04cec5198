// What the kernel says about sessions' interfaces, used where no plugin reports it.
#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include "agent/model/model.h"

namespace pppol2tp::model {
namespace {

bool is_same(const ring::NetworkSection& section, const LinkEnds& ends) {
  return (section.up == 1) == ends.is_there &&
         std::equal(ends.local.begin(), ends.local.end(), section.local_address) &&
         std::equal(ends.remote.begin(), ends.remote.end(), section.remote_address);
}

// A section that no plugin has written has time 0.
bool is_to_be_set(const ring::NetworkSection& section, const LinkEnds& ends) {
  return section.changed_ns == 0 && !is_same(section, ends);
}

void set(ring::NetworkSection& section, const LinkEnds& ends) {
  if (section.changed_ns != 0) return;
  section.up = ends.is_there ? 1 : 0;
  std::copy(ends.local.begin(), ends.local.end(), section.local_address);
  std::copy(ends.remote.begin(), ends.remote.end(), section.remote_address);
}

}  // namespace

void Model::name_interface(const SessionIds& ids, std::string_view name) {
  const auto found = by_ids_.find(ids);
  if (found == by_ids_.end() || !sessions_.at(found->second).is_without_plugin) return;
  char(&ifname)[16] = sessions_.edit(found->second).state.identity.ifname;
  std::fill(std::begin(ifname), std::end(ifname), '\0');
  name.copy(ifname, sizeof ifname - 1);
}

void Model::set_addresses(const std::unordered_map<LinkIds, LinkAddresses>& by_link) {
  struct Change {
    std::uint32_t index;
    LinkAddresses addresses;
  };
  std::vector<Change> changes;
  for_each_living([&](std::uint32_t index, const Session& session) {
    const auto& state = session.state;
    const char* const ifname = state.identity.ifname;
    if (*ifname == '\0' || (state.ipv4.changed_ns != 0 && state.ipv6.changed_ns != 0)) return;
    const auto found = by_link.find(
        {state.identity.netns, std::string(ifname, strnlen(ifname, sizeof state.identity.ifname))});
    const LinkAddresses addresses = found == by_link.end() ? LinkAddresses{} : found->second;
    if (is_to_be_set(state.ipv4, addresses.ipv4) || is_to_be_set(state.ipv6, addresses.ipv6)) {
      changes.push_back({index, addresses});
    }
  });
  for (const Change& change : changes) {
    ring::SessionState& state = sessions_.edit(change.index).state;
    set(state.ipv4, change.addresses.ipv4);
    set(state.ipv6, change.addresses.ipv6);
  }
}

}  // namespace pppol2tp::model
