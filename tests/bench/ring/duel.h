// Our ring against one other transport, in turns and within a millisecond or two: a pair. A cache
// line's way is measured before and after each pair. Where virtual processors move between near
// and far cores, that tells which pairs were measured in one state of the machine. The others are
// put aside, and counted.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/ring/partner.h"
#include "tests/bench/ring/transport.h"

namespace pppol2tp::bench {

// What one turn of one transport gave.
struct Turn {
  double ns;
  double refused = 0;  // share of the records
};

// One side of a pair.
struct Contestant {
  const Peer& peer;
  Transport& transport;
  Partner& partner;
  std::size_t index;  // by which the partner knows the transport
};

// Whether processors that pass a cache line in this time share no cache.
bool is_far(double hop_ns);

// The results of one measurement, against all others.
class Duels {
 public:
  explicit Duels(std::string title) : title_(std::move(title)) {}

  // Makes both transports, and measures `pairs` pairs. Throws std::runtime_error if `other` is not
  // available here.
  void fight(const Peer& other, int pairs, const std::function<Turn(const Contestant&)>& measure);

  // Markdown: a table for each state of the machine that was seen.
  void print() const;

 private:
  struct Pair {
    double hop_before;
    double hop_after;
    Turn ours;
    Turn other;
  };
  using Pairs = std::vector<Pair>;

  enum class State { near, far, changed };
  static State state_of(const Pair& pair);
  void print(State state, const char* name) const;

  std::string title_;
  std::vector<std::string> order_;
  std::map<std::string, Pairs> pairs_;
};

}  // namespace pppol2tp::bench
