// The wake-up that layout.h describes, both sides.
#pragma once

#include <cstdint>

#include "plugin/ring/layout.h"

namespace pppol2tp::ring::internal {

// The writer's side: after each commit.
void wake_reader(Control& control);

// The reader's side: one wait, at most timeout_ns long.
void wait_for_writer(const Control& control, std::uint64_t seen, std::uint64_t timeout_ns);

// Ends the waits of all readers.
void wake_everybody(const Control& control);

}  // namespace pppol2tp::ring::internal
