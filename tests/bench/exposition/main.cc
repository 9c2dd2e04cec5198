// exposition_server CANDIDATE SESSIONS PORT: serves until its input ends, and prints "ok" when it
// can be scraped. Lines of its input:
//   step     increases the counters; the answer is "ok"
//   meter    measures sending from now on, which itself takes a few percent; the answer is "ok"
//   sending  ends that; the answer is the processor time spent on sending meanwhile, in nanoseconds
// exposition_server text SESSIONS: prints the exposition.
#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>

#include "tests/bench/exposition/servers.h"

int main(int argc, char** argv) {
  using namespace pppol2tp::bench;
  mallopt(M_ARENA_MAX, 1);  // as the agent
  const std::map<std::string, std::unique_ptr<Candidate> (*)(std::uint32_t, std::uint16_t)> kinds =
      {
          {"ours", serve_ours},
          {"ready", serve_ready},
#ifdef BENCH_HAS_PROMETHEUS_CPP
          {"registry", serve_registry},
          {"collectable", serve_collectable},
#endif
      };
  if (argc == 3 && std::strcmp(argv[1], "text") == 0) {
    FilledModel model(static_cast<std::uint32_t>(std::atoi(argv[2])));
    std::cout << text_of(model);
    return 0;
  }
  const auto kind = argc == 4 ? kinds.find(argv[1]) : kinds.end();
  if (kind == kinds.end()) {
    std::cerr << "exposition_server: not a candidate that this build has\n";
    return 2;
  }
  const auto candidate = kind->second(static_cast<std::uint32_t>(std::atoi(argv[2])),
                                      static_cast<std::uint16_t>(std::atoi(argv[3])));
  std::cout << "ok" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "sending") {
      std::cout << candidate->sending_ns() << std::endl;
    } else if (line == "meter") {
      candidate->start_meter();
      std::cout << "ok" << std::endl;
    } else {
      candidate->step();
      std::cout << "ok" << std::endl;
    }
  }
  return 0;
}
