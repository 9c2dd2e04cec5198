// Against this machine's kernel, whatever interfaces it has. How the messages are used is tested by
// ppp_links_test, and in the guest.
#include "agent/collectors/address_watch.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace pppol2tp::collectors {
namespace {

TEST(AddressWatch, AsksAndHearsWithoutPrivilegeUntilThereIsNothingMoreToHear) {
  auto watch = AddressWatch::open();
  ASSERT_TRUE(watch) << watch.error().message;
  pollfd waited{watch->descriptor(), POLLIN, 0};
  ASSERT_EQ(poll(&waited, 1, 10'000), 1) << "the kernel does not answer";
  const auto heard = watch->hear();
  EXPECT_TRUE(heard) << (heard ? "" : heard.error().message);
}

}  // namespace
}  // namespace pppol2tp::collectors
