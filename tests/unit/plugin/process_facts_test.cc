#include "plugin/process_facts.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <string>
#include <vector>

namespace pppol2tp {
namespace {

std::uint64_t start_ticks(const std::string& stat) {
  const std::vector<char> exact(stat.begin(), stat.end());  // not terminated
  return parse_start_ticks(exact.data(), exact.size());
}

// proc(5): state, ppid, ... up to num_threads and itrealvalue are fields 3 to 21.
const std::string kFields3To21 = "S 1 2 3 0 -1 4194560 103 0 0 0 0 0 0 0 20 0 1 0";

TEST(StartTicks, AreTheTwentySecondField) {
  EXPECT_EQ(start_ticks("237 (pppd) " + kFields3To21 + " 2893 5550080 0\n"), 2893u);
}

TEST(StartTicks, AreFoundBehindAnyName) {
  EXPECT_EQ(start_ticks("1 (a b) " + kFields3To21 + " 7 0"), 7u);
  EXPECT_EQ(start_ticks("1 (x) S 1 2) " + kFields3To21 + " 8 0"), 8u);
  EXPECT_EQ(start_ticks("1 ()))) " + kFields3To21 + " 9 0"), 9u);
}

TEST(StartTicks, AreReadWhenTheyAreTheLastField) {
  EXPECT_EQ(start_ticks("1 (pppd) " + kFields3To21 + " 18446744073709551615"),
            18446744073709551615u);
}

TEST(StartTicks, AreNoneInALineThatEndsEarly) {
  const std::string whole = "237 (pppd) " + kFields3To21 + " ";
  for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
    EXPECT_EQ(start_ticks(whole.substr(0, bytes)), 0u) << bytes << " bytes";
  }
}

TEST(StartTicks, OfThisProcessLieInThePast) {
  const auto ticks_per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  timespec now;
  ASSERT_EQ(clock_gettime(CLOCK_BOOTTIME, &now), 0);
  EXPECT_GT(own_start_ticks(), 0u);
  EXPECT_LE(own_start_ticks() / ticks_per_second, static_cast<std::uint64_t>(now.tv_sec));
}

TEST(NetworkNamespace, OfThisProcessIsTheOneThatProcShows) {
  char target[64] = "";
  ASSERT_GT(readlink("/proc/self/ns/net", target, sizeof(target) - 1), 0);
  EXPECT_EQ("net:[" + std::to_string(own_network_namespace()) + "]", target);
}

}  // namespace
}  // namespace pppol2tp
