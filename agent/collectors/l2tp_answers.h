// Decodes what the kernel's generic netlink family "l2tp" sends in answer to a question or a walk.
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/base/result.h"
#include "agent/collectors/l2tp_decode.h"

namespace pppol2tp::collectors {

// Describes a kernel error number so that an operator knows what to do.
Error l2tp_error(int error_number);

// The answer to question number `sequence`, if it is in the first `length` bytes; nullopt if not,
// for example because they answer an earlier question. An answer without a fact means that the
// kernel has no such thing.
std::optional<Result<L2tpFact>> find_answer(std::vector<std::uint8_t>& bytes, std::size_t length,
                                            std::uint32_t sequence);

struct WalkPart {
  std::vector<L2tpFact> facts;
  bool is_last = false;
};

// Fails if the kernel refuses, and if the walked table changed during the walk: then something may
// have been missed.
Result<WalkPart> find_walk_part(std::vector<std::uint8_t>& bytes, std::size_t length,
                                std::uint32_t sequence);

}  // namespace pppol2tp::collectors
