// With messages captured from kernels; route_messages/capture made them and says how.
#include "agent/collectors/route_decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "tests/unit/collectors/captured.h"

namespace pppol2tp::collectors {
namespace {

using test::Datagram;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::IsEmpty;

using Bytes = std::array<std::uint8_t, 16>;

Bytes link_local(std::uint8_t last) {
  Bytes bytes{0xfe, 0x80};
  bytes[15] = last;
  return bytes;
}

template <typename Fact>
std::vector<Fact> facts(const std::vector<Datagram>& datagrams) {
  std::vector<Fact> found;
  for (const Datagram& datagram : datagrams) {
    test::for_each_message(datagram, [&](const nlmsghdr& message) {
      const RouteFact fact = decode_route(message);
      if (const Fact* one = std::get_if<Fact>(&fact)) found.push_back(*one);
    });
  }
  return found;
}

class RouteDecode : public testing::TestWithParam<const char*> {
 protected:
  std::vector<Datagram> captured(std::string_view title) const {
    return test::captured(GetParam(), title, "route_messages");
  }
  auto address(ring::Family family, const Bytes& local, const Bytes& peer) const {
    return AllOf(Field(&AddressFact::family, family), Field(&AddressFact::local, local),
                 Field(&AddressFact::peer, peer));
  }
};
INSTANTIATE_TEST_SUITE_P(Kernel, RouteDecode, testing::Values("6.1", "6.12"),
                         [](const auto& kernel) {
                           std::string name = kernel.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return "Linux" + name;
                         });

TEST_P(RouteDecode, LinksHaveTheirNamesAndSayWhetherTheyArePpp) {
  const auto links = facts<LinkFact>(captured("links"));
  EXPECT_THAT(links, Contains(AllOf(Field(&LinkFact::name, "lo"), Field(&LinkFact::is_ppp, false),
                                    Field(&LinkFact::index, 1u))));
  for (const char* const name : {"ppp0", "ppp1"}) {
    EXPECT_THAT(links, Contains(AllOf(Field(&LinkFact::name, name), Field(&LinkFact::is_ppp, true),
                                      Field(&LinkFact::is_gone, false))));
  }
}

TEST_P(RouteDecode, AddressesHaveBothEndsOrNoPeer) {
  const auto addresses = facts<AddressFact>(captured("addresses"));
  EXPECT_THAT(addresses, Each(Field(&AddressFact::is_gone, false)));
  EXPECT_THAT(addresses, Contains(address(ring::Family::ipv4, {10, 1, 0, 1}, {10, 1, 0, 2})));
  EXPECT_THAT(addresses, Contains(address(ring::Family::ipv4, {10, 2, 0, 1}, {})));
  EXPECT_THAT(addresses, Contains(address(ring::Family::ipv6, link_local(10), link_local(11))));
  EXPECT_THAT(addresses, Contains(address(ring::Family::ipv6, link_local(12), {})));
}

TEST_P(RouteDecode, OnlyLinkLocalAddressesAreMarkedAsSuch) {
  for (const AddressFact& fact : facts<AddressFact>(captured("addresses"))) {
    if (fact.family != ring::Family::ipv6) continue;
    EXPECT_EQ(fact.is_link_local, fact.local[0] == 0xfe) << int{fact.local[0]};
  }
}

TEST_P(RouteDecode, NotificationsTellOfWhatCameAndWhatWent) {
  const auto datagrams = captured("notifications");
  EXPECT_THAT(facts<LinkFact>(datagrams),
              Contains(AllOf(Field(&LinkFact::name, "ppp1"), Field(&LinkFact::is_gone, true))));
  EXPECT_THAT(facts<AddressFact>(datagrams),
              Contains(AllOf(address(ring::Family::ipv4, {10, 1, 0, 1}, {10, 1, 0, 2}),
                             Field(&AddressFact::is_gone, true))));
}

TEST_P(RouteDecode, MessageThatIsCutShortAnywhereIsReadNoFurther) {
  for (const char* const title : {"links", "addresses"}) {
    test::for_each_message(captured(title).at(0), [](const nlmsghdr& message) {
      const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&message);
      for (std::uint32_t length = sizeof(nlmsghdr); length < message.nlmsg_len; ++length) {
        Datagram cut(bytes, bytes + length);
        std::memcpy(cut.data(), &length, sizeof length);
        // Under the address sanitizer, reading past the end is a failure.
        test::for_each_message(cut, [](const nlmsghdr& short_one) { decode_route(short_one); });
      }
    });
  }
}

TEST_P(RouteDecode, HeaderAloneAndOtherMessagesAreNoFacts) {
  for (const std::uint16_t type : {RTM_NEWLINK, RTM_NEWADDR, RTM_NEWROUTE}) {
    Datagram bytes(sizeof(nlmsghdr) + sizeof(ifinfomsg));
    const nlmsghdr header{static_cast<std::uint32_t>(bytes.size()), type, 0, 0, 0};
    std::memcpy(bytes.data(), &header, sizeof header);
    EXPECT_THAT(facts<LinkFact>({bytes}), IsEmpty());
    EXPECT_THAT(facts<AddressFact>({bytes}), IsEmpty());
  }
}

}  // namespace
}  // namespace pppol2tp::collectors
