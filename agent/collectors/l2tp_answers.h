// What the kernel's generic netlink family "l2tp" gives for an answer, as bytes from its socket: to
// one question, and to a walk. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/base/result.h"
#include "agent/collectors/l2tp_decode.h"

namespace pppol2tp::collectors {

// An error number of the kernel's, said so that an operator knows what to do about it.
Error l2tp_error(int error_number);

// The answer to question number `sequence` in the first `length` bytes; nothing: there is none, as
// what answers an earlier question comes too late. An answer without a fact says that the kernel
// has no such thing.
std::optional<Result<L2tpFact>> find_answer(std::vector<std::uint8_t>& bytes, std::size_t length,
                                            std::uint32_t sequence);

struct WalkPart {
  std::vector<L2tpFact> facts;
  bool is_last = false;
};

// Fails when the kernel refuses, and when what is walked over has changed under the kernel: then
// something may have been passed over.
Result<WalkPart> find_walk_part(std::vector<std::uint8_t>& bytes, std::size_t length,
                                std::uint32_t sequence);

}  // namespace pppol2tp::collectors
