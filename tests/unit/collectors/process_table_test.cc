#include "agent/collectors/process_table.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

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

TEST(ProcessTable, ProcessIsThereWhenPidAndStartAreItsOwn) {
  const auto pid = static_cast<std::uint32_t>(getpid());
  const std::uint64_t start = *process_start_ticks(pid);
  EXPECT_EQ(look_for_process(pid, start), ProcessLook::there);
  EXPECT_EQ(look_for_process(pid, start + 1), ProcessLook::not_there) << "its pid was used again";
  EXPECT_EQ(look_for_process(0, start), ProcessLook::not_there);
}

TEST(ProcessTable, WithoutADescriptorToLookWithNobodyIsDead) {
  const auto pid = static_cast<std::uint32_t>(getpid());
  const std::uint64_t start = *process_start_ticks(pid);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const ProcessLook look = look_for_process(pid, start);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(look, ProcessLook::cannot_tell);
}

}  // namespace
}  // namespace pppol2tp::collectors
