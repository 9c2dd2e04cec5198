// The life of one session, as its plugin would tell of it: set-up, traffic, end, and a new life for
// the peer that dials again.
//
// One thread. Whatever it does next it says when: the caller calls step() then.
#pragma once

#include <cstdint>
#include <optional>
#include <random>

#include "plugin/ring/publisher.h"
#include "tests/simulator/truth.h"

namespace pppol2tp::simulator {

inline constexpr std::uint64_t kMillisecond = 1'000'000;
inline constexpr std::uint64_t kSecond = 1'000 * kMillisecond;
inline constexpr std::uint64_t kNever = ~std::uint64_t{0};

// What is the same for all sessions.
struct Habits {
  std::uint64_t interval_ns = 10 * kSecond;  // between two readings of the statistics
  std::uint64_t redial_ns = kNever;          // from an end to the next life
  double mean_life_s = 0;                    // 0: they live until they are dropped
  double failing = 0;                        // share of set-ups that fail to authenticate
};

class SimulatedSession {
 public:
  // `number` decides its ids and names; `tunnels` of them share the sessions evenly.
  SimulatedSession(std::uint32_t number, std::uint32_t tunnels, const Habits& habits,
                   ring::Segment& segment, Truth& truth);

  // Does what is due and returns when to be called again (CLOCK_BOOTTIME, ns; kNever).
  std::uint64_t step(std::uint64_t now_ns);

  // Ends a living session at once; false when it does not live. step() is due anew.
  bool drop(ring::Cause cause, std::uint64_t now_ns);

  bool lives() const { return publisher_.has_value(); }

 private:
  using Random = std::minstd_rand;

  ring::SessionIdentity identity() const;
  void open(std::uint64_t now_ns);
  std::uint64_t set_up(std::uint64_t now_ns);
  void enter(ring::Phase phase, std::uint64_t now_ns);
  void attempt(ring::AuthenticationResult result, std::uint64_t now_ns);
  void authenticate(std::uint64_t now_ns);
  void bring_up_link(std::uint64_t now_ns);
  void bring_up_network(std::uint64_t now_ns);
  void fall_back_to(ring::Phase phase, std::uint64_t now_ns);
  void take_down_network(std::uint64_t now_ns);
  void report(std::uint64_t now_ns);
  void echo(std::uint64_t now_ns);
  void end(ring::Cause cause, std::uint64_t now_ns);

  std::uint64_t between_ms(std::uint32_t low, std::uint32_t high);
  double share();
  std::uint64_t next_report(std::uint64_t now_ns);
  void plan_life(std::uint64_t now_ns);

  const Habits& habits_;
  ring::Segment& segment_;
  Truth& truth_;
  std::uint32_t number_;
  std::uint32_t tunnels_;
  std::uint32_t lives_had_ = 0;
  Random random_;
  double bytes_per_second_;
  std::uint64_t ends_ns_ = kNever;
  std::uint64_t born_again_ns_ = 0;
  std::optional<ring::Publisher> publisher_;
};

}  // namespace pppol2tp::simulator
