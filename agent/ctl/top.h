// The busiest sessions, on a terminal that is redrawn every two seconds, until q is pressed.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "agent/base/result.h"
#include "agent/ctl/host_view.h"

namespace pppol2tp::ctl {

// Bytes per second of each session, from the last two readings of the kernel's counters (pppd takes
// one every pppol2tp_stats_interval while there is traffic); 0 until there are two. One thread.
class Rates {
 public:
  struct Rate {
    double receive = 0;
    double transmit = 0;
  };

  // Takes the newest readings; forgets sessions that have left the model.
  void update(const std::vector<const model::Session*>& sessions);

  Rate of(const model::Session& session) const;

 private:
  struct Known {
    ring::CountersSection last{};
    Rate rate;
    std::uint64_t round = 0;  // the last update() that saw the session
  };
  std::unordered_map<std::uint32_t, Known> by_instance_;
  std::uint64_t round_ = 0;
};

enum class TopOrder : char { receive = 'r', transmit = 't', age = 'a', user = 'u' };

// The screen's text, at most `lines` of it, each at most `columns` wide.
std::string top_screen(const HostView& view, const Rates& rates, TopOrder order, std::size_t lines,
                       std::size_t columns);

// Runs until q. Needs a terminal.
Result<void> run_top(HostView& view);

}  // namespace pppol2tp::ctl
