#include "agent/base/endpoint.h"

#include <gtest/gtest.h>

#include <string>

namespace pppol2tp {
namespace {

TEST(Endpoint, ReadsBackAsItWasWritten) {
  for (const char* text : {"127.0.0.1:80", "0.0.0.0:0", "[::1]:11701", "[2001:db8::1]:65535"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(to_text(endpoint->address), text);
    EXPECT_FALSE(endpoint->is_any_family) << text;
  }
}

TEST(Endpoint, WithoutAnAddressMeansAllOfBothFamilies) {
  const auto endpoint = parse_endpoint(":11701");
  ASSERT_TRUE(endpoint);
  EXPECT_TRUE(endpoint->is_any_family);
  EXPECT_EQ(endpoint->address.ss_family, AF_INET6);
  EXPECT_EQ(port_of(endpoint->address), 11701);
}

TEST(Endpoint, RefusesWhatIsNoNumericAddressWithAPort) {
  for (const char* text : {"",
                           ":",
                           "80",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1:65536",
                           "127.0.0.1:-1",
                           "127.0.0.1:80x",
                           "127.0.0.1: 80",
                           "127.1:80",
                           "256.0.0.1:80",
                           "localhost:80",
                           "::1:80",
                           "[::1]80",
                           "[::1:80",
                           "[]:80",
                           "[127.0.0.1]:80",
                           "[fe80::1%lo]:80",
                           "*:80",
                           " 127.0.0.1:80",
                           "x:127.0.0.1:80"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Endpoint, NamesWhatItRefused) {
  const auto endpoint = parse_endpoint("localhost:80");
  ASSERT_FALSE(endpoint);
  EXPECT_EQ(endpoint.error().message.find("\"localhost:80\" is not an address to listen on"), 0U);
}

TEST(Endpoint, OfAnotherFamilyHasNoText) {
  sockaddr_storage address{};
  address.ss_family = AF_UNIX;
  EXPECT_EQ(to_text(address), "?");
}

}  // namespace
}  // namespace pppol2tp
