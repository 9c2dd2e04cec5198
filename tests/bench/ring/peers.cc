#include <cstdio>

#include "tests/bench/ring/optional_peers.h"

namespace pppol2tp::bench {

std::vector<Peer> other_peers() {
  std::vector<Peer> peers;
#ifdef BENCH_HAS_LTTNG
  peers.push_back(lttng_peer());
#else
  std::printf("left out, not found by CMake: LTTng-UST (liblttng-ust-dev)\n");
#endif
#ifdef BENCH_HAS_BOOST
  peers.push_back(boost_peer());
#else
  std::printf("left out, not found by CMake: Boost.Interprocess (libboost-dev)\n");
#endif
  peers.push_back(pipe_peer());
  peers.push_back(message_queue_peer());
  peers.push_back(datagram());
  return peers;
}

}  // namespace pppol2tp::bench
