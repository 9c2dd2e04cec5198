#include "agent/config/nearest.h"

#include <gtest/gtest.h>

#include <string>

namespace pppol2tp::config {
namespace {

const std::vector<std::string> kWords = {"listen", "ring", "retention", "log_level"};

TEST(Nearest, FindsAWordThroughOneSlip) {
  EXPECT_EQ(nearest("lsten", kWords), "listen");         // left out
  EXPECT_EQ(nearest("rings", kWords), "ring");           // added
  EXPECT_EQ(nearest("retension", kWords), "retention");  // mistaken
  EXPECT_EQ(nearest("ilsten", kWords), "listen");        // swapped
  EXPECT_EQ(nearest("log-level", kWords), "log_level");
}

TEST(Nearest, PrefersTheWordWithFewestSlips) {
  EXPECT_EQ(nearest("ring1", {"wring12", "ring"}), "ring");
}

TEST(Nearest, FindsNothingThatIsTooFar) {
  EXPECT_EQ(nearest("colour", kWords), std::nullopt);
  EXPECT_EQ(nearest("", kWords), std::nullopt);
  EXPECT_EQ(nearest(std::string(1'000'000, 'r'), kWords), std::nullopt);
}

TEST(Nearest, FindsNothingAmongNothing) {
  EXPECT_EQ(nearest("ring", {}), std::nullopt);
}

}  // namespace
}  // namespace pppol2tp::config
