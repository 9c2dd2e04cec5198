#include "tests/bench/ring/duel.h"

#include <algorithm>
#include <cstdio>

namespace pppol2tp::bench {
namespace {

// Two measurements of the same distance differ by less.
constexpr double kSameDistance = 1.25;

std::string range_of(const std::vector<double>& values, const char* format) {
  char text[64];
  std::snprintf(text, sizeof text, format, quantile(values, 0.25), quantile(values, 0.75));
  return text;
}

}  // namespace

bool is_far(double hop_ns) {
  constexpr double kFarNs = 100;  // near processors are 30 to 70 ns away, far ones 150 and more
  return hop_ns >= kFarNs;
}

void Duels::fight(const Peer& other, int pairs,
                  const std::function<Turn(const Contestant&)>& measure) {
  const Peer our_peer = ours();
  const auto our_transport = our_peer.make();
  const auto other_transport = other.make();
  Partner partner({our_transport.get(), other_transport.get()});
  our_transport->attach_writer();
  other_transport->attach_writer();
  const Contestant us{our_peer, *our_transport, partner, 0};
  const Contestant them{other, *other_transport, partner, 1};
  if (pairs_.find(other.name) == pairs_.end()) order_.push_back(other.name);
  double hop = partner.hop_ns();
  for (int i = 0; i < pairs; ++i) {
    Pair pair{hop, 0, {}, {}};
    const bool we_begin = i % 2 == 0;
    if (we_begin) pair.ours = measure(us);
    pair.other = measure(them);
    if (!we_begin) pair.ours = measure(us);
    hop = pair.hop_after = partner.hop_ns();
    pairs_[other.name].push_back(pair);
  }
}

Duels::State Duels::state_of(const Pair& pair) {
  const auto [less, more] = std::minmax(pair.hop_before, pair.hop_after);
  if (more > kSameDistance * less || is_far(less) != is_far(more)) return State::changed;
  return is_far(more) ? State::far : State::near;
}

void Duels::print() const {
  if (order_.empty()) return;
  std::size_t all = 0;
  std::size_t changed = 0;
  for (const auto& [name, pairs] : pairs_) {
    all += pairs.size();
    changed += static_cast<std::size_t>(std::count_if(
        pairs.begin(), pairs.end(), [](const Pair& p) { return state_of(p) == State::changed; }));
  }
  std::printf("\n%s: %zu pairs, %zu of them put aside because the distance changed\n",
              title_.c_str(), all, changed);
  print(State::near, "near");
  print(State::far, "far");
}

void Duels::print(State state, const char* name) const {
  bool has_begun = false;
  for (const std::string& other : order_) {
    std::vector<double> hops, ours, theirs, ratios, refused;
    for (const Pair& pair : pairs_.at(other)) {
      if (state_of(pair) != state) continue;
      hops.push_back(pair.hop_before);
      ours.push_back(pair.ours.ns);
      theirs.push_back(pair.other.ns);
      ratios.push_back(pair.ours.ns / pair.other.ns);
      refused.push_back(pair.other.refused);
    }
    if (hops.empty()) continue;
    if (!has_begun) {
      std::printf(
          "\n| %s, medians | pairs | a cache line, ns | ring, ns | this, ns | ring / this | of "
          "half of the pairs | refused |\n|---|---|---|---|---|---|---|---|\n",
          name);
      has_begun = true;
    }
    std::printf("| %s | %zu | %s | %.1f | %.1f | %.3f | %s | %.0f %% |\n", other.c_str(),
                hops.size(), range_of(hops, "%.0f to %.0f").c_str(), median(ours), median(theirs),
                median(ratios), range_of(ratios, "%.2f to %.2f").c_str(), 100 * median(refused));
  }
}

}  // namespace pppol2tp::bench
