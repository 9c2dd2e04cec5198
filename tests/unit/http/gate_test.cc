#include "agent/http/gate.h"

#include <gtest/gtest.h>

namespace pppol2tp::http {
namespace {

using namespace std::chrono_literals;

constexpr char kHash[] = "$2b$04$abcdefghijklmnopqrstuuL2aJBfYSnNfggK5eW600sSG3NKtO/ry";

config::WebConfig with_a_user() {
  config::WebConfig config;
  config.users = {{"scraper", kHash}};
  return config;
}

class Received final : public Output {
 public:
  bool write(std::string_view bytes) override {
    text += bytes;
    return true;
  }
  std::string text;
};

int status_for(Gate& gate, std::string_view authorization) {
  Received received;
  ResponseWriter response(received, false, false);
  const Request request{
      .method = "GET", .path = "/", .headers = {{"authorization", authorization}}};
  const bool is_admitted = gate.admit(request, response);
  EXPECT_EQ(is_admitted, received.text.empty()) << "who is refused is answered, and nobody else";
  return is_admitted ? 200 : response.status();
}

TEST(Gate, LetsEverybodyThroughWithoutUsers) {
  Gate gate(config::WebConfig{});
  EXPECT_EQ(status_for(gate, ""), 200);
  EXPECT_EQ(status_for(gate, "Basic nonsense"), 200);
}

TEST(Gate, TakesBasicCredentialsInAnyCaseOfTheScheme) {
  Gate gate(with_a_user());
  const std::string credentials = "c2NyYXBlcjpzY3JhcGVyLXNlY3JldA==";  // scraper:scraper-secret
  EXPECT_EQ(status_for(gate, "Basic " + credentials), 200);
  EXPECT_EQ(status_for(gate, "bASIC " + credentials), 200);
}

TEST(Gate, RefusesWhatIsNoCredentials) {
  Gate gate(with_a_user());
  for (const char* header :
       {"", "Basic", "Basic ", "Basic =", "Basic c2NyYXBlcg==", "Digest username=\"scraper\"",
        "c2NyYXBlcjpzY3JhcGVyLXNlY3JldA==", "Basic c2NyYXBlcjpzY3JhcGVyLXNlY3JldA",
        "Basic c2NyYXBlcjpzY3JhcGVyLXNlY3JldA==, Basic c2NyYXBlcjpzY3JhcGVyLXNlY3JldA=="}) {
    EXPECT_EQ(status_for(gate, header), 401) << header;
  }
}

TEST(Gate, SetsTheHeadersThatAreConfigured) {
  config::WebConfig config;
  config.headers.x_frame_options = "deny";
  const Gate gate(config);
  Received received;
  ResponseWriter response(received, false, false);
  gate.set_headers(response);
  response.send("");
  EXPECT_NE(received.text.find("\r\nX-Frame-Options: deny\r\n"), std::string::npos);
  EXPECT_EQ(received.text.find("X-XSS-Protection"), std::string::npos);
}

TEST(RateLimiter, WithoutAnIntervalAllowsEverything) {
  RateLimiter limiter({}, 0s);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limiter.allows(0s));
}

TEST(RateLimiter, AllowsABurstAndThenOneForEachInterval) {
  RateLimiter limiter({.interval = 100ms, .burst = 3}, 5s);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.allows(5s));
  EXPECT_FALSE(limiter.allows(5s));
  EXPECT_FALSE(limiter.allows(5s + 99ms));
  EXPECT_TRUE(limiter.allows(5s + 100ms));
  EXPECT_FALSE(limiter.allows(5s + 199ms));
  EXPECT_TRUE(limiter.allows(5s + 200ms));
}

TEST(RateLimiter, SavesUpNoMoreThanTheBurst) {
  RateLimiter limiter({.interval = 1ms, .burst = 2}, 0s);
  EXPECT_TRUE(limiter.allows(1h));
  EXPECT_TRUE(limiter.allows(1h));
  EXPECT_FALSE(limiter.allows(1h));
}

TEST(RateLimiter, WithoutABurstAllowsNothing) {
  RateLimiter limiter({.interval = 1ms, .burst = 0}, 0s);
  EXPECT_FALSE(limiter.allows(1h));
}

}  // namespace
}  // namespace pppol2tp::http
