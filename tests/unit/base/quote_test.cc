#include "agent/base/quote.h"

#include <gtest/gtest.h>

#include <string>

namespace pppol2tp {
namespace {

TEST(InQuotes, LeavesPrintableTextAsItIs) {
  EXPECT_EQ(in_quotes("user@isp 1=2"), "\"user@isp 1=2\"");
}

TEST(InQuotes, EscapesWhatWouldEndTheQuotesOrTheLine) {
  EXPECT_EQ(in_quotes("a\"b\\c\nd\re\tf"), R"("a\"b\\c\nd\re\tf")");
}

TEST(InQuotes, WritesAllOtherBytesInHex) {
  EXPECT_EQ(in_quotes(std::string_view("\0\x1b[2J\x7f\xc3\xbc", 8)),
            R"("\x00\x1b[2J\x7f\xc3\xbc")");
}

TEST(InQuotes, CutsLongTextAndSaysSo) {
  EXPECT_EQ(in_quotes("abcdef", 3), "\"abc\"...");
}

TEST(InQuotes, DoesNotMarkTextThatJustFits) {
  EXPECT_EQ(in_quotes("abc", 3), "\"abc\"");
}

TEST(InQuotes, EveryByteGivesOneLineOfAscii) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const char c : in_quotes(std::string(1, static_cast<char>(byte)))) {
      EXPECT_TRUE(c >= ' ' && c <= '~') << "for byte " << byte;
    }
  }
}

TEST(Escaped, DoesTheSameWithoutTheQuotes) {
  EXPECT_EQ(escaped("a\n\"b\""), R"(a\n\"b\")");
}

}  // namespace
}  // namespace pppol2tp
