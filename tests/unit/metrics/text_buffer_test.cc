#include "agent/metrics/text_buffer.h"

#include <gtest/gtest.h>

#include <string>

namespace pppol2tp::metrics {
namespace {

TEST(TextBuffer, KeepsWhatWasWrittenWhileItGrows) {
  TextBuffer buffer;
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    const std::string word = std::to_string(i) + ' ';
    buffer.append(word);
    expected += word;
  }
  EXPECT_EQ(buffer.text(), expected);
}

TEST(TextBuffer, CountsOnlyWhatWasCommitted) {
  TextBuffer buffer;
  char* const room = buffer.reserve(100);
  room[0] = 'a';
  room[1] = 'b';
  buffer.commit(room + 1);
  EXPECT_EQ(buffer.text(), "a");
  buffer.append("c");
  EXPECT_EQ(buffer.text(), "ac");
  buffer.clear();
  EXPECT_EQ(buffer.size(), 0u);
}

}  // namespace
}  // namespace pppol2tp::metrics
