#include "agent/http/negotiation.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace pppol2tp::http {
namespace {

constexpr std::array<MediaType, 2> kOffers = {
    {{"text/plain", "0.0.4"}, {"application/openmetrics-text", "1.0.0"}}};

std::string chosen(std::string_view accept) {
  const auto index = choose(accept, kOffers);
  return index ? std::string(kOffers[*index].type) : "none";
}

// Headers of real programs: those of 2.42 and VictoriaMetrics were captured; the others are what
// their scrape/scrape.go builds from its default protocols.
TEST(Accept, OfPrometheus242ChoosesOpenMetrics) {
  EXPECT_EQ(chosen("application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
                   "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
            "application/openmetrics-text");
}

TEST(Accept, OfPrometheus242WithNativeHistogramsChoosesOpenMetrics) {
  EXPECT_EQ(chosen("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
                   "encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,"
                   "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;"
                   "q=0.5,*/*;q=0.1"),
            "application/openmetrics-text");
}

TEST(Accept, OfPrometheus253ChoosesOpenMetrics) {
  EXPECT_EQ(chosen("application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;"
                   "version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"),
            "application/openmetrics-text");
}

TEST(Accept, OfPrometheus3ChoosesOpenMetrics) {
  EXPECT_EQ(chosen("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                   "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
                   "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"),
            "application/openmetrics-text");
}

TEST(Accept, OfPrometheus3ThatWantsTextChoosesText) {
  EXPECT_EQ(chosen("text/plain;version=0.0.4;q=0.6,*/*;q=0.5"), "text/plain");
}

TEST(Accept, OfVictoriaMetricsChoosesText) {
  EXPECT_EQ(chosen("text/plain;version=0.0.4;q=1,*/*;q=0.1"), "text/plain");
}

TEST(Accept, OfABrowserOrCurlChoosesTheFirstOffer) {
  EXPECT_EQ(chosen("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            "text/plain");
  EXPECT_EQ(chosen("*/*"), "text/plain");
  EXPECT_EQ(chosen(""), "text/plain");
  EXPECT_EQ(chosen("  "), "text/plain");
}

TEST(Accept, DoesNotTakeAnotherVersionForOurs) {
  EXPECT_EQ(chosen("application/openmetrics-text;version=0.0.1,text/plain;q=0.1"), "text/plain");
  EXPECT_EQ(chosen("text/plain;version=1.0.0"), "none");
}

TEST(Accept, RatesByTheClosestRangeNotByTheBestQuality) {
  EXPECT_EQ(chosen("*/*;q=1,text/plain;q=0.1,application/openmetrics-text;q=0.2"),
            "application/openmetrics-text");
  EXPECT_EQ(chosen("text/*;q=0.3,*/*;q=0.2"), "text/plain");
  EXPECT_EQ(chosen("text/plain;version=0.0.4;q=0.1,text/plain;q=0.9,application/*;q=0.5"),
            "application/openmetrics-text");
}

TEST(Accept, MayRefuseAnOffer) {
  EXPECT_EQ(chosen("text/plain;q=0,*/*"), "application/openmetrics-text");
  EXPECT_EQ(chosen("text/plain;q=0.000,application/*;q=0"), "none");
  EXPECT_EQ(chosen("image/png"), "none");
}

TEST(Accept, IsReadWithoutRegardToCaseAndBlanks) {
  EXPECT_EQ(chosen("Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=0.9 , text/plain;q=0.1"),
            "application/openmetrics-text");
}

TEST(Accept, GivesNothingForAQualityThatIsNone) {
  for (const char* quality : {"2", "1.1", "-1", "0.1234", "x", "", "1x", "0x1", "1.0001", ".5"}) {
    EXPECT_EQ(chosen("text/plain;q=" + std::string(quality)), "none") << quality;
  }
}

TEST(AcceptEncoding, TakesACodingByName) {
  EXPECT_TRUE(accepts_coding("gzip", "gzip"));
  EXPECT_TRUE(accepts_coding("deflate, GZIP;q=0.5", "gzip"));
}

TEST(AcceptEncoding, DoesNotTakeACodingThatIsNotNamed) {
  EXPECT_FALSE(accepts_coding("", "gzip"));
  EXPECT_FALSE(accepts_coding("identity", "gzip"));
  EXPECT_FALSE(accepts_coding("x-gzip-not", "gzip"));
}

TEST(AcceptEncoding, DoesNotTakeACodingOfQualityZero) {
  EXPECT_FALSE(accepts_coding("gzip;q=0", "gzip"));
  EXPECT_FALSE(accepts_coding("*, gzip;q=0", "gzip"));
}

TEST(AcceptEncoding, TakesAnyCodingByAStar) {
  EXPECT_TRUE(accepts_coding("*", "gzip"));
  EXPECT_FALSE(accepts_coding("*;q=0", "gzip"));
  EXPECT_TRUE(accepts_coding("*;q=0, gzip", "gzip"));
}

}  // namespace
}  // namespace pppol2tp::http
