// The wake-up of layout.h, both ends.
#pragma once

#include <cstdint>

#include "plugin/ring/layout.h"

namespace pppol2tp::ring::internal {

// The writer's end: after each commit.
void wake_reader(Control& control);

// The reader's end: one wait, at most timeout_ns long.
void wait_for_writer(const Control& control, std::uint64_t seen, std::uint64_t timeout_ns);

// Ends the waits of everybody who waits.
void wake_everybody(const Control& control);

}  // namespace pppol2tp::ring::internal
