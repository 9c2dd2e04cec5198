#include "agent/http/request.h"

#include <gtest/gtest.h>

namespace pppol2tp::http {
namespace {

TEST(Request, FindsHeadersWhateverTheirCase) {
  const Request request{.headers = {{"accept", "a"}}};
  EXPECT_EQ(request.header("Accept"), "a");
  EXPECT_TRUE(request.has_header("ACCEPT"));
}

TEST(Request, HasAnEmptyHeaderWhereThereIsNone) {
  const Request request{.headers = {{"Accept-Encoding", "gzip"}}};
  EXPECT_EQ(request.header("Accept"), "");
  EXPECT_FALSE(request.has_header("Accept"));
}

TEST(Request, JoinsAHeaderThatWasSentTwice) {
  const Request request{.headers = {{"Accept", "a"}, {"Host", "h"}, {"accept", "b;q=0.5"}}};
  EXPECT_EQ(request.header("Accept"), "a, b;q=0.5");
}

}  // namespace
}  // namespace pppol2tp::http
