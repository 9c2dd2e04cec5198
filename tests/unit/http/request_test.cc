#include "agent/http/request.h"

#include <gtest/gtest.h>

#include <string>

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

std::string shown(std::string_view query) {
  std::string out;
  for (const Parameter& parameter : parse_query(query)) {
    out += '[' + parameter.name + '|' + parameter.value + ']';
  }
  return out;
}

TEST(Query, GivesItsParametersInOrder) {
  EXPECT_EQ(shown("collect[]=a&shard=1&collect[]=b"), "[collect[]|a][shard|1][collect[]|b]");
}

TEST(Query, MayBeEmptyOrHaveEmptyParts) {
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown("&&a=&=b&c"), "[a|][|b][c|]");
}

TEST(Query, IsDecodedOnceOnly) {
  EXPECT_EQ(shown("collect%5B%5d=a%26b%3dc+d"), "[collect[]|a&b=c d]");
  EXPECT_EQ(shown("a=%2541"), "[a|%41]");
}

TEST(Query, KeepsPercentSignsThatEncodeNothing) {
  EXPECT_EQ(shown("a=100%&b=%4&c=%zz&d=%"), "[a|100%][b|%4][c|%zz][d|%]");
}

TEST(Query, SplitsAtTheFirstEqualsSign) {
  EXPECT_EQ(shown("a=b=c"), "[a|b=c]");
}

}  // namespace
}  // namespace pppol2tp::http
