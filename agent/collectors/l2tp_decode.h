// Decodes messages of the kernel's generic netlink family "l2tp" (<linux/l2tp.h>) into structs.
// Answers, parts of a dump and notifications have the same form. Pure.
#pragma once

#include <cstdint>
#include <variant>

#include "agent/model/kernel_facts.h"

struct nlmsghdr;

namespace pppol2tp::collectors {

// Nothing: the message is of another kind, lacks its ids, or is truncated.
using L2tpFact = std::variant<std::monostate, model::KernelTunnel, model::KernelSession>;

// Reads no more than the message's own length, which the caller has checked to be within the
// buffer. Unknown attributes are skipped; a missing attribute leaves its field 0.
L2tpFact decode_l2tp(const nlmsghdr& message);

}  // namespace pppol2tp::collectors
