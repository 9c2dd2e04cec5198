#include "agent/collectors/ppp_links.h"

#include <utility>

namespace pppol2tp::collectors {

void PppLinks::begin_anew() {
  is_complete_ = false;
  links_.clear();
  by_name_.clear();
  for (const auto& [name, addresses] : told_) touched_.insert(name);
}

void PppLinks::hear(const RouteFact& fact) {
  if (const auto* const link = std::get_if<LinkFact>(&fact)) hear_link(*link);
  if (const auto* const address = std::get_if<AddressFact>(&fact)) hear_address(*address);
}

void PppLinks::hear_link(const LinkFact& fact) {
  const auto known = links_.find(fact.index);
  if (fact.is_gone || !fact.is_ppp) {
    if (known != links_.end()) forget(fact.index);
    return;
  }
  if (known != links_.end() && known->second.name == fact.name) return;
  Link link{fact.name, {}};
  if (known != links_.end()) {  // renamed; it keeps its addresses
    link.addresses = known->second.addresses;
    forget(fact.index);
  }
  touched_.insert(fact.name);
  by_name_[fact.name] = fact.index;
  links_.emplace(fact.index, std::move(link));
}

void PppLinks::forget(std::uint32_t index) {
  const auto known = links_.find(index);
  const std::string& name = known->second.name;
  touched_.insert(name);
  if (const auto named = by_name_.find(name); named != by_name_.end() && named->second == index) {
    by_name_.erase(named);
  }
  links_.erase(known);
}

void PppLinks::hear_address(const AddressFact& fact) {
  const auto known = links_.find(fact.index);
  if (known == links_.end()) return;  // not PPP
  const bool is_ipv4 = fact.family == ring::Family::ipv4;
  // IPv6CP negotiates only link-local addresses (RFC 5072); others are routed and not the link's
  // own.
  if (!is_ipv4 && !fact.is_link_local) return;
  model::LinkAddresses& addresses = known->second.addresses;
  model::LinkEnds& ends = is_ipv4 ? addresses.ipv4 : addresses.ipv6;
  if (fact.is_gone) {
    if (!ends.is_there || ends.local != fact.local) return;
    ends = {};
  } else {
    if (ends.is_there && ends.local != fact.local) return;  // only the first is the link's
    ends = {true, fact.local, fact.peer};
  }
  touched_.insert(known->second.name);
}

std::vector<PppLinks::Change> PppLinks::take_changes() {
  std::vector<Change> changes;
  if (!is_complete_) return changes;
  for (const std::string& name : std::exchange(touched_, {})) {
    const auto named = by_name_.find(name);
    const model::LinkAddresses now =
        named == by_name_.end() ? model::LinkAddresses{} : links_.at(named->second).addresses;
    const auto told = told_.find(name);
    if (now == (told == told_.end() ? model::LinkAddresses{} : told->second)) continue;
    changes.push_back({name, now});
    if (now == model::LinkAddresses{}) {
      told_.erase(told);
    } else {
      told_[name] = now;
    }
  }
  return changes;
}

}  // namespace pppol2tp::collectors
