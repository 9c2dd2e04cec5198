// Messages of the kernel's generic netlink family "l2tp" (<linux/l2tp.h>), as structs. Answers,
// parts of a dump and notifications have one form. Pure.
#pragma once

#include <cstdint>
#include <variant>

#include "agent/model/kernel_facts.h"

struct nlmsghdr;

namespace pppol2tp::collectors {

// Nothing: the message is of another kind, or lacks its ids, or is cut short.
using L2tpFact = std::variant<std::monostate, model::KernelTunnel, model::KernelSession>;

// Reads no more than the message's own length, which its caller has checked to lie in the buffer.
// Attributes that are unknown are skipped, those that are missing leave their field at zero.
L2tpFact decode_l2tp(const nlmsghdr& message);

}  // namespace pppol2tp::collectors
