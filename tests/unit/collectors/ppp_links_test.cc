#include "agent/collectors/ppp_links.h"

#include <gtest/gtest.h>

namespace pppol2tp::collectors {
namespace {

LinkFact link(std::uint32_t index, const char* name, bool is_ppp = true) {
  return {index, name, is_ppp, false};
}

AddressFact ipv4(std::uint32_t index, std::uint8_t local, std::uint8_t peer) {
  return {index, ring::Family::ipv4, false, false, {10, 0, 0, local}, {10, 0, 0, peer}};
}

AddressFact ipv6(std::uint32_t index, std::uint8_t local, bool is_link_local = true) {
  return {index, ring::Family::ipv6, false, is_link_local, {0xfe, 0x80, local}, {}};
}

template <typename Fact>
Fact gone(Fact fact) {
  fact.is_gone = true;
  return fact;
}

class PppLinksTest : public testing::Test {
 protected:
  // The result of the next call, which is about one interface or none.
  model::LinkAddresses change_of(const std::string& name) {
    const auto changes = links_.take_changes();
    EXPECT_EQ(changes.size(), 1u);
    if (changes.size() != 1) return {};
    EXPECT_EQ(changes[0].name, name);
    return changes[0].addresses;
  }
  void expect_no_change() { EXPECT_TRUE(links_.take_changes().empty()); }
  void hear_ppp0() {
    links_.hear(link(7, "ppp0"));
    links_.hear(ipv4(7, 1, 2));
  }

  PppLinks links_;
};

TEST_F(PppLinksTest, NothingIsToldBeforeAllHasBeenHeard) {
  hear_ppp0();
  expect_no_change();
  links_.complete();
  const auto told = change_of("ppp0");
  EXPECT_TRUE(told.ipv4.is_there);
  EXPECT_EQ(told.ipv4.local[3], 1);
  EXPECT_EQ(told.ipv4.remote[3], 2);
  EXPECT_FALSE(told.ipv6.is_there);
  expect_no_change();
}

TEST_F(PppLinksTest, OtherInterfacesAddressesAreNobodys) {
  links_.complete();
  links_.hear(link(1, "eth0", false));
  links_.hear(ipv4(1, 1, 0));
  links_.hear(ipv4(99, 1, 2));
  expect_no_change();
}

TEST_F(PppLinksTest, AddressThatGoesAndInterfaceThatGoesLeaveNothing) {
  links_.complete();
  hear_ppp0();
  links_.hear(ipv6(7, 5));
  EXPECT_TRUE(change_of("ppp0").ipv6.is_there);
  links_.hear(gone(ipv4(7, 1, 2)));
  EXPECT_FALSE(change_of("ppp0").ipv4.is_there);
  links_.hear(gone(link(7, "ppp0")));
  EXPECT_EQ(change_of("ppp0"), model::LinkAddresses{});
}

TEST_F(PppLinksTest, FirstAddressOfAFamilyIsTheLinks) {
  links_.complete();
  hear_ppp0();
  links_.hear(ipv4(7, 9, 0));
  links_.hear(gone(ipv4(7, 9, 0)));
  EXPECT_EQ(change_of("ppp0").ipv4.local[3], 1);
}

TEST_F(PppLinksTest, RoutedIpv6AddressIsNotTheLinks) {
  links_.complete();
  links_.hear(link(7, "ppp0"));
  links_.hear(ipv6(7, 1, false));
  expect_no_change();
}

TEST_F(PppLinksTest, RenamedInterfaceTakesItsAddressesAlong) {
  links_.complete();
  hear_ppp0();
  change_of("ppp0");
  links_.hear(link(7, "customer1"));
  bool old_is_empty = false;
  bool new_has_address = false;
  for (const auto& change : links_.take_changes()) {
    old_is_empty |= change.name == "ppp0" && change.addresses == model::LinkAddresses{};
    new_has_address |= change.name == "customer1" && change.addresses.ipv4.is_there;
  }
  EXPECT_TRUE(old_is_empty);
  EXPECT_TRUE(new_has_address);
}

TEST_F(PppLinksTest, NameThatIsUsedAgainBeforeTheOldInterfacesEndIsHeardIsTheNewOnes) {
  links_.complete();
  hear_ppp0();
  change_of("ppp0");
  links_.hear(link(8, "ppp0"));
  links_.hear(ipv4(8, 3, 4));
  links_.hear(gone(link(7, "ppp0")));
  EXPECT_EQ(change_of("ppp0").ipv4.local[3], 3);
}

TEST_F(PppLinksTest, WhatIsNotHeardAgainIsGone) {
  links_.complete();
  hear_ppp0();
  links_.hear(link(8, "ppp1"));
  links_.hear(ipv4(8, 3, 4));
  EXPECT_EQ(links_.take_changes().size(), 2u);
  links_.begin_anew();
  hear_ppp0();
  expect_no_change();
  links_.complete();
  EXPECT_EQ(change_of("ppp1"), model::LinkAddresses{});
}

}  // namespace
}  // namespace pppol2tp::collectors
