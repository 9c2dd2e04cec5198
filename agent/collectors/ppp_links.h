// The PPP interfaces of one network namespace with their addresses, collected from rtnetlink's
// messages. Pure; one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "agent/collectors/route_decode.h"
#include "agent/model/kernel_facts.h"

namespace pppol2tp::collectors {

class PppLinks {
 public:
  // Starts a new list: complete() marks the point at which all interfaces have been heard.
  void begin_anew();
  void complete() { is_complete_ = true; }

  // An interface must be heard before its addresses; rtnetlink keeps this order.
  void hear(const RouteFact& fact);

  // An interface whose addresses have changed since the last call, or that is gone and has none.
  struct Change {
    std::string name;
    model::LinkAddresses addresses;
  };
  // Empty until the list is complete.
  std::vector<Change> take_changes();

 private:
  struct Link {
    std::string name;
    model::LinkAddresses addresses;
  };
  void hear_link(const LinkFact& fact);
  void hear_address(const AddressFact& fact);
  void forget(std::uint32_t index);

  std::unordered_map<std::uint32_t, Link> links_;  // by index
  std::unordered_map<std::string, std::uint32_t> by_name_;
  std::unordered_map<std::string, model::LinkAddresses> told_;
  std::unordered_set<std::string> touched_;  // since the last take_changes()
  bool is_complete_ = false;
};

}  // namespace pppol2tp::collectors
