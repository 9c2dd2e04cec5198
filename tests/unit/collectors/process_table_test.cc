#include "agent/collectors/process_table.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pppol2tp::collectors {
namespace {

constexpr char kRest[] = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 424242 20 21";

TEST(ProcessTable, FieldTwentyTwoIsTheStart) {
  EXPECT_EQ(start_ticks_of_stat(std::string("123 (pppd)") + kRest), 424242u);
}

TEST(ProcessTable, NameMayHoldBlanksAndParentheses) {
  EXPECT_EQ(start_ticks_of_stat(std::string("123 (a) b ) (c)") + kRest), 424242u);
}

TEST(ProcessTable, ZombieIsNoProcess) {
  std::string line = std::string("123 (pppd)") + kRest;
  line.replace(line.find(" S "), 3, " Z ");
  EXPECT_EQ(start_ticks_of_stat(line), std::nullopt);
}

TEST(ProcessTable, TextThatMakesNoSenseGivesNothing) {
  for (const char* text : {"", "123", "123 (pppd", "123 (pppd)", "123 (pppd) S 1 2",
                           "1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x 20"}) {
    EXPECT_EQ(start_ticks_of_stat(text), std::nullopt) << text;
  }
}

TEST(ProcessTable, FindsThisProcessAndNotOneThatIsGone) {
  EXPECT_TRUE(process_start_ticks(static_cast<std::uint32_t>(getpid())).has_value());
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(process_start_ticks(static_cast<std::uint32_t>(child)), std::nullopt);
}

}  // namespace
}  // namespace pppol2tp::collectors
