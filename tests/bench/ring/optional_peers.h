// Peers that exist if CMake found their libraries; otherwise the benchmark says which are missing.
#pragma once

#include "tests/bench/ring/transport.h"

namespace pppol2tp::bench {

Peer boost_peer();  // BENCH_HAS_BOOST
Peer lttng_peer();  // BENCH_HAS_LTTNG
Peer pipe_peer();
Peer message_queue_peer();

}  // namespace pppol2tp::bench
