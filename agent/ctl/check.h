// Checks whether everything is in place, and says what to do if not: for a host on which sessions
// do not show up.
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
  std::string advice;  // empty if there is nothing to do
};

struct CheckInput {
  std::string root;  // prefix of each examined path: empty, or the root of a simulated host
  std::string ring_path;
  std::string config_path;   // the agent's; need not exist
  std::string pppd_version;  // from pppd itself; empty if there is no pppd
};

// The version from `pppd --version`, such as "2.4.9"; empty if it cannot be run.
std::string installed_pppd_version();

// Whether the plugin that pppd would load is ours, and of this program's version.
std::vector<Finding> check_plugin(const CheckInput& input);

// Whether the kernel supports PPP over L2TP.
std::vector<Finding> check_kernel(const CheckInput& input);

// Whether the shared memory can be read and is healthy.
std::vector<Finding> check_ring(const CheckInput& input);

// Whether the agent's configuration is valid, and whether the agent answers.
std::vector<Finding> check_agent(const CheckInput& input);

// The version of our plugin in a file's bytes; empty if it is not ours.
std::string plugin_version_in(std::string_view bytes);

}  // namespace pppol2tp::ctl
