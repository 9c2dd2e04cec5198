// With messages captured from kernels; l2tp_messages/capture made them and says how.
#include "agent/collectors/l2tp_decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "tests/unit/collectors/captured.h"

namespace pppol2tp::collectors {
namespace {

using model::KernelSession;
using model::KernelTunnel;
using test::Datagram;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

template <typename Fact>
std::vector<Fact> facts(const std::vector<Datagram>& datagrams) {
  std::vector<Fact> found;
  for (const Datagram& datagram : datagrams) {
    test::for_each_message(datagram, [&](const nlmsghdr& message) {
      const L2tpFact fact = decode_l2tp(message);
      if (const Fact* one = std::get_if<Fact>(&fact)) found.push_back(*one);
    });
  }
  return found;
}

class L2tpDecode : public testing::TestWithParam<const char*> {
 protected:
  std::vector<Datagram> captured(std::string_view title) const {
    return test::captured(GetParam(), title);
  }
};
INSTANTIATE_TEST_SUITE_P(Kernel, L2tpDecode, testing::Values("6.1", "6.12"),
                         [](const auto& kernel) {
                           std::string name = kernel.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return "Linux" + name;
                         });

TEST_P(L2tpDecode, TunnelsHaveTheirIdsAndPeers) {
  const auto tunnels = facts<KernelTunnel>(captured("tunnels"));
  ASSERT_THAT(
      tunnels,
      UnorderedElementsAre(
          AllOf(Field(&KernelTunnel::tunnel_id, 10), Field(&KernelTunnel::peer_tunnel_id, 1010)),
          AllOf(Field(&KernelTunnel::tunnel_id, 11), Field(&KernelTunnel::peer_tunnel_id, 1011)),
          AllOf(Field(&KernelTunnel::tunnel_id, 70000),
                Field(&KernelTunnel::peer_tunnel_id, 80000))));
  for (const KernelTunnel& tunnel : tunnels) {
    if (tunnel.tunnel_id == 10) {
      EXPECT_EQ(tunnel.peer_family, ring::Family::ipv4);
      EXPECT_EQ(tunnel.peer_port, 1702);
      EXPECT_THAT(std::vector(tunnel.peer_address.begin(), tunnel.peer_address.begin() + 4),
                  ElementsAre(127, 0, 0, 2));
    } else if (tunnel.tunnel_id == 11) {
      EXPECT_EQ(tunnel.peer_family, ring::Family::ipv6);
      EXPECT_EQ(tunnel.peer_address.back(), 1);
    } else {
      EXPECT_EQ(tunnel.peer_family, ring::Family::ipv4);
      EXPECT_EQ(tunnel.peer_port, 0) << "not over UDP";
    }
  }
}

TEST_P(L2tpDecode, SessionsHaveTheirIdsAndSayWhetherTheyArePpp) {
  EXPECT_THAT(
      facts<KernelSession>(captured("sessions")),
      UnorderedElementsAre(
          AllOf(Field(&KernelSession::tunnel_id, 10), Field(&KernelSession::session_id, 20),
                Field(&KernelSession::peer_session_id, 1020), Field(&KernelSession::is_ppp, true)),
          AllOf(Field(&KernelSession::tunnel_id, 10), Field(&KernelSession::session_id, 21),
                Field(&KernelSession::peer_tunnel_id, 1010), Field(&KernelSession::is_ppp, true)),
          AllOf(Field(&KernelSession::tunnel_id, 70000), Field(&KernelSession::session_id, 90000),
                Field(&KernelSession::is_ppp, false))));
}

TEST_P(L2tpDecode, AnswerToOneQuestionIsOneFact) {
  EXPECT_THAT(facts<KernelTunnel>(captured("one tunnel")),
              ElementsAre(Field(&KernelTunnel::tunnel_id, 10)));
  EXPECT_THAT(facts<KernelSession>(captured("one session")),
              ElementsAre(Field(&KernelSession::session_id, 20)));
}

TEST_P(L2tpDecode, EmptyDumpAndErrorsAreNoFacts) {
  for (const char* const title : {"no tunnels", "no such tunnel", "no such session"}) {
    EXPECT_THAT(facts<KernelTunnel>(captured(title)), IsEmpty()) << title;
    EXPECT_THAT(facts<KernelSession>(captured(title)), IsEmpty()) << title;
  }
}

TEST_P(L2tpDecode, NotificationsTellOfWhatCameAndWhatWent) {
  const auto datagrams = captured("notifications");
  EXPECT_THAT(facts<KernelTunnel>(datagrams),
              ElementsAre(Field(&KernelTunnel::tunnel_id, 10),     // made
                          Field(&KernelTunnel::tunnel_id, 70000),  // made
                          Field(&KernelTunnel::tunnel_id, 11),     // made
                          Field(&KernelTunnel::tunnel_id, 10)));   // deleted
  EXPECT_THAT(
      facts<KernelSession>(datagrams),
      ElementsAre(Field(&KernelSession::session_id, 20), Field(&KernelSession::session_id, 21),
                  Field(&KernelSession::session_id, 90000),
                  Field(&KernelSession::session_id, 21)));  // deleted
}

// The fixtures' sessions have no traffic, so the test writes values into their counters to tell
// them apart.
TEST_P(L2tpDecode, CountersComeFromTheirOwnAttributes) {
  Datagram datagram = captured("one session").at(0);
  for (std::uint16_t id = 1; id <= 11; ++id) {
    test::overwrite_u64(datagram, {30 /* L2TP_ATTR_STATS */, id}, 1000u + id);
  }
  const auto sessions = facts<KernelSession>({datagram});
  ASSERT_EQ(sessions.size(), 1u);
  const ring::CountersSection& counters = sessions[0].counters;
  EXPECT_EQ(counters.transmit_packets, 1001u);
  EXPECT_EQ(counters.transmit_bytes, 1002u);
  EXPECT_EQ(counters.transmit_errors, 1003u);
  EXPECT_EQ(counters.receive_packets, 1004u);
  EXPECT_EQ(counters.receive_bytes, 1005u);
  EXPECT_EQ(counters.receive_sequence_discards, 1006u);
  EXPECT_EQ(counters.receive_out_of_sequence, 1007u);
  EXPECT_EQ(counters.receive_errors, 1008u);
}

TEST_P(L2tpDecode, MessageThatIsCutShortAnywhereIsReadNoFurther) {
  for (const char* const title : {"one tunnel", "one session"}) {
    const Datagram whole = captured(title).at(0);
    for (std::size_t length = sizeof(nlmsghdr); length < whole.size(); ++length) {
      Datagram cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      const auto claimed = static_cast<std::uint32_t>(length);
      std::memcpy(cut.data(), &claimed, sizeof claimed);
      // Its ids are near the front; under the address sanitizer, reading past the end is a failure.
      test::for_each_message(cut, [](const nlmsghdr& message) { decode_l2tp(message); });
    }
    EXPECT_THAT(facts<KernelTunnel>({Datagram(whole.begin(), whole.begin() + 24)}), IsEmpty());
  }
}

TEST_P(L2tpDecode, AttributeOfAWrongLengthSpoilsTheMessage) {
  Datagram datagram = captured("one session").at(0);
  // The first attribute is the tunnel's id: four bytes after 20 of headers.
  const std::uint16_t too_short = 6;
  std::memcpy(datagram.data() + 20, &too_short, sizeof too_short);
  EXPECT_THAT(facts<KernelSession>({datagram}), IsEmpty());
}

}  // namespace
}  // namespace pppol2tp::collectors
