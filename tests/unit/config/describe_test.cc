#include "agent/config/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "agent/config/config.h"
#include "agent/config/options.h"
#include "tests/support/files.h"

namespace pppol2tp::config {
namespace {

using ::testing::HasSubstr;

TEST(Sample, IsAValidFileThatChangesNothing) {
  const auto config = parse(sample(), "sample");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(*config, Config());
}

TEST(Sample, ShowsEveryOptionOnce) {
  const std::string text = sample();
  for (const Option& option : options()) {
    const std::string name(option.key.substr(option.key.rfind('.') + 1));
    const std::size_t first = text.find("\n" + name + ": ");
    const std::size_t nested = text.find("\n  " + name + ": ");
    EXPECT_NE(first == std::string::npos, nested == std::string::npos) << option.key;
  }
}

TEST(Sample, HasNoLineThatIsTooLong) {
  std::istringstream lines(sample());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(ConfigMarkdown, DescribesEveryOption) {
  const std::string text = config_markdown();
  for (const Option& option : options()) {
    EXPECT_THAT(text, HasSubstr("| `" + std::string(option.key) + "` | "));
  }
}

TEST(ConfigMarkdown, IsWhatStandsInTheTree) {
  const std::string now = config_markdown();
  EXPECT_EQ(test::expected_file("agent/CONFIG.md", now), now)
      << "run the test again with PPPOL2TP_UPDATE=1";
}

}  // namespace
}  // namespace pppol2tp::config
