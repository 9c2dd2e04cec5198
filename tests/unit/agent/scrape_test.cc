#include "agent/scrape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace pppol2tp {
namespace {

using metrics::FamilySet;
using metrics::Format;
using ::testing::HasSubstr;

const FamilySet kAll = metrics::families_of(metrics::Detail::everything);

Result<metrics::Scrape> asked(std::string_view query, const FamilySet& shown = kAll) {
  return parse_scrape({.method = "GET", .path = "/metrics", .query = query}, shown);
}

std::string refusal(std::string_view query) {
  const auto scrape = asked(query);
  return scrape ? "" : scrape.error().message;
}

TEST(ScrapeRequest, WithoutAQueryIsForEverythingThatIsShown) {
  const auto scrape = asked("", kAll & ~*metrics::parse_families("session"));
  ASSERT_TRUE(scrape);
  EXPECT_EQ(scrape->families, kAll & ~*metrics::parse_families("session"));
  EXPECT_TRUE(scrape->shard.is_everything());
  EXPECT_EQ(scrape->format, Format::text);
  EXPECT_FALSE(scrape->is_gzip);
  EXPECT_FALSE(scrape->with_created);
}

TEST(ScrapeRequest, CollectsTheUnionOfWhatItNames) {
  const auto scrape = asked("collect[]=pppol2tp_session_up&collect%5B%5D=tunnel");
  ASSERT_TRUE(scrape);
  EXPECT_EQ(scrape->families,
            *metrics::parse_families("pppol2tp_session_up") | *metrics::parse_families("tunnel"));
}

TEST(ScrapeRequest, ExcludesFromWhatItCollects) {
  const auto scrape = asked("exclude[]=session&collect[]=session&collect[]=host");
  ASSERT_TRUE(scrape);
  EXPECT_EQ(scrape->families, *metrics::parse_families("host"));
}

TEST(ScrapeRequest, CannotCollectWhatTheConfigurationHides) {
  const auto scrape = asked("collect[]=session", metrics::families_of(metrics::Detail::totals));
  ASSERT_TRUE(scrape);
  EXPECT_TRUE(scrape->families.none());
}

TEST(ScrapeRequest, TakesAShard) {
  const auto scrape = asked("shard=2&shards=10");
  ASSERT_TRUE(scrape);
  EXPECT_EQ(scrape->shard.index, 2u);
  EXPECT_EQ(scrape->shard.count, 10u);
}

TEST(ScrapeRequest, SaysWhatIsWrongWithAParameter) {
  EXPECT_EQ(
      refusal("colect[]=x"),
      "unknown parameter \"colect[]\"; allowed: collect[], exclude[], shard, shards, created");
  EXPECT_THAT(
      refusal("collect[]=nonsense"),
      HasSubstr("collect[]: \"nonsense\" is not a metric of this agent; allowed: a metric's"));
  EXPECT_THAT(refusal("exclude[]="), HasSubstr("exclude[]: \"\" is not a metric"));
  EXPECT_EQ(refusal("shard=0"), "shard: given without shards");
  EXPECT_EQ(refusal("shards=2"), "shards: given without shard");
  EXPECT_EQ(refusal("shard=2&shards=2"), "shard: 2 is not below shards, which is 2");
  EXPECT_EQ(refusal("shard=1&shard=1&shards=2"), "shard: given twice; allowed: once");
  EXPECT_EQ(refusal("shard=x&shards=2"),
            "shard: \"x\" is not allowed; allowed: a number from 0 to 999");
  EXPECT_EQ(refusal("shard=0&shards=0"),
            "shards: \"0\" is not allowed; allowed: a number from 1 to 1000");
  EXPECT_EQ(refusal("shard=0&shards=99999999999"),
            "shards: \"99999999999\" is not allowed; allowed: a number from 1 to 1000");
  EXPECT_EQ(refusal("created=yes"),
            "created: \"yes\" is not allowed; allowed: a number from 0 to 1");
}

TEST(ScrapeRequest, AnErrorIsPrintableWhateverTheClientSent) {
  EXPECT_EQ(refusal("%0d%0aX-Evil:1"),
            "unknown parameter \"\\r\\nX-Evil:1\"; allowed: collect[], exclude[], shard, shards, "
            "created");
}

TEST(ScrapeRequest, NegotiatesFormatAndCoding) {
  http::Request request{.method = "GET", .path = "/metrics"};
  request.headers = {{"Accept", "application/openmetrics-text;version=1.0.0,*/*;q=0.1"},
                     {"Accept-Encoding", "gzip"}};
  const auto scrape = parse_scrape(request, kAll);
  ASSERT_TRUE(scrape);
  EXPECT_EQ(scrape->format, Format::openmetrics);
  EXPECT_TRUE(scrape->is_gzip);
}

TEST(ScrapeRequest, OfAClientThatAcceptsNoneOfOursGetsText) {
  http::Request request{.method = "GET", .path = "/metrics"};
  request.headers = {{"Accept", "image/png"}, {"Accept-Encoding", "gzip;q=0, br"}};
  const auto scrape = parse_scrape(request, kAll);
  ASSERT_TRUE(scrape);
  EXPECT_EQ(scrape->format, Format::text);
  EXPECT_FALSE(scrape->is_gzip);
}

}  // namespace
}  // namespace pppol2tp
