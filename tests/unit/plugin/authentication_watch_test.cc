#include "plugin/authentication_watch.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/plugin/packets.h"

namespace pppol2tp {
namespace {

using ring::AuthenticationDirection;
using ring::AuthenticationProtocol;
using ring::AuthenticationResult;
using test::Bytes;
using test::bytes_of;
using test::Packet;

constexpr bool kIn = true;
constexpr bool kOut = false;

const Bytes kPap = bytes_of({3, 4, 0xc0, 0x23});
const Bytes kChapMd5 = bytes_of({1, 4, 0x05, 0xdc, 3, 5, 0xc2, 0x23, 0x05});
const Bytes kMsChapV2 = bytes_of({3, 5, 0xc2, 0x23, 0x81});
const Bytes kEap = bytes_of({3, 4, 0xc2, 0x27});
const Bytes kNone = bytes_of({1, 4, 0x05, 0xdc});

class AuthenticationWatchTest : public testing::Test {
 protected:
  // LCP comes up and says what each side must use.
  void agree(const Bytes& of_peer, const Bytes& to_peer = kNone) {
    watch_.lcp_requested(Packet{kLcpConfigureRequest, 1, of_peer});
    watch_.lcp_acknowledged(Packet{kLcpConfigureAck, 1, of_peer}, kIn);
    watch_.lcp_acknowledged(Packet{kLcpConfigureAck, 1, to_peer}, kOut);
  }
  bool chap(bool incoming, int code, int identifier, std::string_view name = "") {
    const Bytes data = code <= 2 ? bytes_of({2, 7, 7}, name) : Bytes{};
    return watch_.packet_passed(kProtocolChap, Packet{code, identifier, data}, incoming, ++now_);
  }
  bool pap(bool incoming, int code, int identifier, std::string_view name = "") {
    const Bytes data =
        code == 1 ? bytes_of({static_cast<int>(name.size())}, name, {1, 'x'}) : bytes_of({0});
    return watch_.packet_passed(kProtocolPap, Packet{code, identifier, data}, incoming, ++now_);
  }
  bool eap(bool incoming, int code, int identifier, const Bytes& data = {}) {
    return watch_.packet_passed(kProtocolEap, Packet{code, identifier, data}, incoming, ++now_);
  }
  unsigned count(AuthenticationDirection direction, AuthenticationProtocol protocol,
                 AuthenticationResult result) const {
    return watch_.attempts().counts[static_cast<int>(direction)][static_cast<int>(protocol) - 1]
                                   [static_cast<int>(result)];
  }
  unsigned all() const {
    unsigned sum = 0;
    for (const auto& direction : watch_.attempts().counts) {
      for (const auto& protocol : direction) {
        for (const unsigned result : protocol) sum += result;
      }
    }
    return sum;
  }

  AuthenticationWatch watch_;
  std::uint64_t now_ = 100;
};

TEST_F(AuthenticationWatchTest, ThePeerProvesItselfByChap) {
  agree(kChapMd5);
  EXPECT_FALSE(chap(kOut, 1, 0x67, "LNS"));
  EXPECT_FALSE(chap(kIn, 2, 0x67, "alice"));
  EXPECT_TRUE(chap(kOut, 3, 0x67));
  EXPECT_EQ(count(AuthenticationDirection::of_peer, AuthenticationProtocol::chap_md5,
                  AuthenticationResult::success),
            1u);
  EXPECT_EQ(all(), 1u);
  EXPECT_EQ(watch_.attempts().protocol, AuthenticationProtocol::chap_md5);
  EXPECT_EQ(watch_.attempts().direction, AuthenticationDirection::of_peer);
  EXPECT_EQ(watch_.attempts().result, AuthenticationResult::success);
  EXPECT_EQ(watch_.attempts().latest_ns, now_);
  EXPECT_STREQ(watch_.attempts().claimed_name, "alice");
}

TEST_F(AuthenticationWatchTest, ThisHostProvesItselfByChap) {
  agree(kNone, kMsChapV2);
  chap(kIn, 1, 9, "LNS");
  chap(kOut, 2, 9, "me");
  EXPECT_TRUE(chap(kIn, 4, 9));
  EXPECT_EQ(count(AuthenticationDirection::to_peer, AuthenticationProtocol::mschap_v2,
                  AuthenticationResult::failure),
            1u);
  EXPECT_STREQ(watch_.attempts().claimed_name, "LNS");
}

TEST_F(AuthenticationWatchTest, BothSidesProveThemselvesEachByItsProtocol) {
  agree(kChapMd5, kPap);
  chap(kIn, 2, 1, "alice");
  pap(kOut, 1, 1, "me");
  EXPECT_TRUE(chap(kOut, 3, 1));
  EXPECT_TRUE(pap(kIn, 3, 1));
  EXPECT_EQ(count(AuthenticationDirection::of_peer, AuthenticationProtocol::chap_md5,
                  AuthenticationResult::success),
            1u);
  EXPECT_EQ(count(AuthenticationDirection::to_peer, AuthenticationProtocol::pap,
                  AuthenticationResult::failure),
            1u);
  EXPECT_EQ(all(), 2u);
}

TEST_F(AuthenticationWatchTest, AResultThatIsSentAgainCountsOnce) {
  agree(kChapMd5);
  chap(kIn, 2, 5, "alice");
  EXPECT_TRUE(chap(kOut, 3, 5));
  chap(kIn, 2, 5, "alice");  // it missed the result
  EXPECT_FALSE(chap(kOut, 3, 5));
  EXPECT_EQ(all(), 1u);
}

TEST_F(AuthenticationWatchTest, AnAnswerThatIsSentAgainBeforeTheResultCountsOnce) {
  agree(kNone, kChapMd5);
  chap(kOut, 2, 5, "me");
  chap(kOut, 2, 5, "me");
  EXPECT_TRUE(chap(kIn, 3, 5));
  EXPECT_FALSE(chap(kIn, 3, 5));
  EXPECT_EQ(all(), 1u);
}

TEST_F(AuthenticationWatchTest, ARechallengeIsAnotherAttempt) {
  agree(kChapMd5);
  for (const int identifier : {5, 6, 7}) {
    chap(kOut, 1, identifier, "LNS");
    chap(kIn, 2, identifier, "alice");
    EXPECT_TRUE(chap(kOut, identifier == 7 ? 4 : 3, identifier));
  }
  EXPECT_EQ(count(AuthenticationDirection::of_peer, AuthenticationProtocol::chap_md5,
                  AuthenticationResult::success),
            2u);
  EXPECT_EQ(count(AuthenticationDirection::of_peer, AuthenticationProtocol::chap_md5,
                  AuthenticationResult::failure),
            1u);
}

TEST_F(AuthenticationWatchTest, PapTriesOnceThoughItsIdentifiersChangeWithEachRepetition) {
  agree(kPap);
  pap(kIn, 1, 1, "bob");
  EXPECT_TRUE(pap(kOut, 2, 1));
  pap(kIn, 1, 2, "bob");
  EXPECT_FALSE(pap(kOut, 2, 2));
  EXPECT_EQ(all(), 1u);
}

TEST_F(AuthenticationWatchTest, WhenLcpStartsOverAllIsNew) {
  for (int round = 1; round <= 2; ++round) {
    agree(kPap);
    pap(kIn, 1, 1, "bob");
    EXPECT_TRUE(pap(kOut, 3, 1));
  }
  EXPECT_EQ(count(AuthenticationDirection::of_peer, AuthenticationProtocol::pap,
                  AuthenticationResult::failure),
            2u);
}

TEST_F(AuthenticationWatchTest, EapSaysTheNameApartAndHasManyAnswers) {
  agree(kEap);
  eap(kOut, 1, 1, bytes_of({1}));
  eap(kIn, 2, 1, bytes_of({1}, "carol"));
  eap(kIn, 2, 2, bytes_of({4, 1, 0}));
  EXPECT_TRUE(eap(kOut, 3, 2));
  EXPECT_EQ(count(AuthenticationDirection::of_peer, AuthenticationProtocol::eap,
                  AuthenticationResult::success),
            1u);
  EXPECT_STREQ(watch_.attempts().claimed_name, "carol");
}

TEST_F(AuthenticationWatchTest, AResultThatNobodyAskedForCountsNothing) {
  EXPECT_FALSE(chap(kIn, 3, 1));
  agree(kNone, kChapMd5);
  EXPECT_FALSE(chap(kIn, 3, 1));
  EXPECT_FALSE(pap(kIn, 2, 1));
  chap(kOut, 2, 1, "me");
  EXPECT_FALSE(eap(kIn, 3, 1));
  EXPECT_EQ(all(), 0u);
}

TEST_F(AuthenticationWatchTest, APeerCannotUndoItsTryByAcknowledgingAgain) {
  agree(kPap);
  pap(kIn, 1, 1, "mallory");
  watch_.lcp_acknowledged(Packet{kLcpConfigureAck, 1, kNone}, kIn);  // pppd ignores all of these
  watch_.lcp_acknowledged(Packet{kLcpConfigureAck, 1, kPap}, kIn);
  watch_.lcp_acknowledged(Packet{kLcpConfigureAck, 9, kNone}, kIn);
  EXPECT_TRUE(pap(kOut, 3, 1));
  EXPECT_EQ(count(AuthenticationDirection::of_peer, AuthenticationProtocol::pap,
                  AuthenticationResult::failure),
            1u);
}

TEST_F(AuthenticationWatchTest, APeerMustUseWhatThisHostAskedForWhateverItAcknowledges) {
  watch_.lcp_requested(Packet{kLcpConfigureRequest, 1, kPap});
  watch_.lcp_acknowledged(Packet{kLcpConfigureAck, 1, kNone}, kIn);
  pap(kIn, 1, 1, "mallory");
  EXPECT_TRUE(pap(kOut, 3, 1));
}

TEST_F(AuthenticationWatchTest, TheLatestRequestIsTheOneThatIsAcknowledged) {
  watch_.lcp_requested(Packet{kLcpConfigureRequest, 1, kChapMd5});
  watch_.lcp_requested(Packet{kLcpConfigureRequest, 2, kPap});  // after a Configure-Nak
  watch_.lcp_acknowledged(Packet{kLcpConfigureAck, 1, kChapMd5}, kIn);
  pap(kIn, 1, 1, "bob");
  EXPECT_FALSE(pap(kOut, 3, 1));
  watch_.lcp_acknowledged(Packet{kLcpConfigureAck, 2, kPap}, kIn);
  pap(kIn, 1, 2, "bob");
  EXPECT_TRUE(pap(kOut, 3, 2));
}

TEST_F(AuthenticationWatchTest, ANameInAProtocolThatWasNotAgreedOnIsNotTaken) {
  agree(kChapMd5);
  pap(kIn, 1, 1, "mallory");
  EXPECT_STREQ(watch_.attempts().claimed_name, "");
}

TEST_F(AuthenticationWatchTest, AHostileNameIsEscapedAndCut) {
  agree(kPap);
  pap(kIn, 1, 1, "x\n\"" + std::string(200, 'y'));
  EXPECT_EQ(std::string(watch_.attempts().claimed_name), "x\\x0a\"" + std::string(41, 'y'));
}

}  // namespace
}  // namespace pppol2tp
