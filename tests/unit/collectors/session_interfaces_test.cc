// With text captured from kernels; route_messages/capture made it and says how.
#include "agent/collectors/session_interfaces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/collectors/captured.h"

namespace pppol2tp::collectors {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<SessionInterface> parsed(std::string_view text, std::size_t piece_bytes) {
  SessionInterfaceText parser;
  std::vector<SessionInterface> found;
  for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
    parser.add(text.substr(at, piece_bytes), found);
  }
  return found;
}

std::string captured(const std::string& kernel) {
  std::string text;
  for (const std::string& line :
       test::captured_lines("route_messages", kernel, "/proc/net/pppol2tp")) {
    text += line + '\n';
  }
  return text;
}

TEST(SessionInterfaces, EverySessionThatHasOneIsFoundWhereverTheTextIsCut) {
  for (const char* const kernel : {"6.1", "6.12"}) {
    const std::string text = captured(kernel);
    ASSERT_FALSE(text.empty()) << kernel;
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, text.size()}) {
      EXPECT_THAT(parsed(text, piece), UnorderedElementsAre(SessionInterface{31, 41, "ppp0"},
                                                            SessionInterface{31, 42, "ppp1"}))
          << kernel << ", pieces of " << piece;
    }
  }
}

TEST(SessionInterfaces, InterfaceWithoutASessionAndSessionWithoutIdsAreNothing) {
  EXPECT_THAT(parsed("   interface ppp0\n", 100), IsEmpty());
  EXPECT_THAT(parsed("  SESSION 'x' nonsense\n   interface ppp0\n", 100), IsEmpty());
  EXPECT_THAT(parsed("  SESSION 'x' 0/1 00zz/0001 -> 0/0 1 0\n   interface ppp0\n", 100),
              IsEmpty());
  EXPECT_THAT(parsed("  SESSION 'x' 0/1 1/2 -> 3/4 1 0\nTUNNEL 'y'\n   interface ppp0\n", 100),
              IsEmpty());
}

TEST(SessionInterfaces, LineWithoutAnEndIsNotKept) {
  SessionInterfaceText parser;
  std::vector<SessionInterface> found;
  for (int i = 0; i < 100; ++i) parser.add(std::string(1000, 'x'), found);
  parser.add("\n  SESSION 'x' 0/1 1/2 -> 3/4 1 0\n   interface ppp0\n", found);
  EXPECT_THAT(found, testing::ElementsAre(SessionInterface{1, 2, "ppp0"}));
}

}  // namespace
}  // namespace pppol2tp::collectors
