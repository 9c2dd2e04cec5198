// Decodes messages of the kernel's rtnetlink family (rtnetlink(7)) about interfaces and addresses
// into structs. Answers, parts of a dump and notifications have the same form. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>

#include "plugin/ring/session_state.h"

struct nlmsghdr;

namespace pppol2tp::collectors {

struct LinkFact {
  std::uint32_t index = 0;
  std::string name;
  bool is_ppp = false;
  bool is_gone = false;
};

struct AddressFact {
  std::uint32_t index = 0;  // of its interface
  ring::Family family = ring::Family::none;
  bool is_gone = false;
  bool is_link_local = false;
  std::array<std::uint8_t, 16> local{};  // network byte order; IPv4 in the first four bytes
  std::array<std::uint8_t, 16> peer{};   // zero if the address has no peer
};

// Nothing: the message is of another kind, incomplete, or truncated.
using RouteFact = std::variant<std::monostate, LinkFact, AddressFact>;

// Reads no more than the message's own length, which the caller has checked to be within the
// buffer.
RouteFact decode_route(const nlmsghdr& message);

}  // namespace pppol2tp::collectors
