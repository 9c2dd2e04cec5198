#include "agent/config/manual.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>
#include <string>

#include "agent/config/options.h"

namespace pppol2tp::config {
namespace {

using ::testing::HasSubstr;

TEST(Manual, HasAParagraphOfItsOwnForEveryOption) {
  const std::string text = config_manual();
  for (const Option& option : options()) {
    EXPECT_THAT(text, HasSubstr("\n.TP\n.B " + std::string(option.key) + "\n"));
  }
}

TEST(Manual, SaysTheDefaultAndWhatIsAllowed) {
  const std::string text = config_manual();
  EXPECT_THAT(text, HasSubstr("\nDefault: /run/pppol2tp/ring.\n"));
  EXPECT_THAT(text, HasSubstr("\n.br\nAllowed: debug, info, warn, error.\n"));
}

TEST(Manual, UsesNoRequestsButTheFewOfManualPages) {
  const std::regex request(R"(\.(TH|SH|TP|PP|B|BR|I|EX|EE|br)( .*)?)");
  std::istringstream lines(config_manual());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('.') || line.starts_with('\'')) {
      EXPECT_TRUE(std::regex_match(line, request)) << line;
    }
  }
}

}  // namespace
}  // namespace pppol2tp::config
