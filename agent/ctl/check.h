// Is everything in place, and if not, what to do: the questions that one asks of a host on which
// sessions do not show up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pppol2tp::ctl {

enum class Verdict : std::uint8_t { good, doubtful, bad };

struct Finding {
  Verdict verdict;
  std::string what;
  std::string advice;  // empty when there is nothing to do
};

struct CheckInput {
  std::string root;  // before each path that is looked at: empty, or a pretended host's
  std::string ring_path;
  std::string config_path;   // the agent's; need not exist
  std::string pppd_version;  // as pppd says it; empty when there is no pppd
};

// What `pppd --version` says: "2.4.9"; empty when it cannot be run.
std::string installed_pppd_version();

// Is the plugin that pppd would load ours, and as new as this program?
std::vector<Finding> check_plugin(const CheckInput& input);

// Can the kernel do PPP over L2TP?
std::vector<Finding> check_kernel(const CheckInput& input);

// Can the shared memory be read, and is it healthy?
std::vector<Finding> check_ring(const CheckInput& input);

// Is the agent's configuration right, and does it answer?
std::vector<Finding> check_agent(const CheckInput& input);

// The version of our plugin that a file's bytes hold; empty when it is not ours.
std::string plugin_version_in(std::string_view bytes);

}  // namespace pppol2tp::ctl
