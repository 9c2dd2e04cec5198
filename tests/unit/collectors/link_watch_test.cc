#include "agent/collectors/link_watch.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>

namespace pppol2tp::collectors {
namespace {

struct LinkMessage {
  nlmsghdr header{};
  ifinfomsg info{};
};

LinkMessage message(std::uint16_t type, std::uint16_t link_type) {
  LinkMessage result;
  result.header.nlmsg_type = type;
  result.header.nlmsg_len = sizeof result;
  result.info.ifi_type = link_type;
  return result;
}

TEST(LinkWatch, OnlyTheEndOfAPppInterfaceCounts) {
  EXPECT_TRUE(is_end_of_ppp_link(message(RTM_DELLINK, ARPHRD_PPP).header));
  EXPECT_FALSE(is_end_of_ppp_link(message(RTM_NEWLINK, ARPHRD_PPP).header));
  EXPECT_FALSE(is_end_of_ppp_link(message(RTM_DELLINK, ARPHRD_ETHER).header));
  EXPECT_FALSE(is_end_of_ppp_link(message(RTM_DELADDR, ARPHRD_PPP).header));
}

TEST(LinkWatch, MessageThatIsCutShortIsNotLookedInto) {
  LinkMessage cut = message(RTM_DELLINK, ARPHRD_PPP);
  for (std::uint32_t length = 0; length < sizeof cut; ++length) {
    cut.header.nlmsg_len = length;
    EXPECT_FALSE(is_end_of_ppp_link(cut.header)) << length;
  }
}

TEST(LinkWatch, HearsWithoutPrivilegeAndHasNothingToSayWhenNothingHappens) {
  LinkWatch watch;
  model::Model model({10, 0});
  EXPECT_GE(watch.descriptor(), 0);
  const auto result = watch.collect(model, 0);
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  EXPECT_EQ(watch.take_ended_links(), 0u);
}

}  // namespace
}  // namespace pppol2tp::collectors
