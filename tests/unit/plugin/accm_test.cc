#include "plugin/accm.h"

#include <gtest/gtest.h>

namespace {

constexpr int kIncoming = 1;
constexpr int kOutgoing = 0;

TEST(Accm, IsKnownWhenBothMapsWereAcknowledged) {
  AccmNegotiation accm{};
  EXPECT_EQ(note_acknowledged_accm(&accm, 0x0a0b0c0d, kOutgoing), 0);
  EXPECT_EQ(note_acknowledged_accm(&accm, 0x01020304, kIncoming), 1);
  EXPECT_EQ(accm.send, 0x0a0b0c0du);
  EXPECT_EQ(accm.receive, 0x01020304u);
}

TEST(Accm, IsNotKnownByOneSideAlone) {
  AccmNegotiation accm{};
  EXPECT_EQ(note_acknowledged_accm(&accm, 1, kIncoming), 0);
  EXPECT_EQ(note_acknowledged_accm(&accm, 2, kIncoming), 0);
}

TEST(Accm, HasToBeSeenOnBothSidesAgain) {
  AccmNegotiation accm{};
  note_acknowledged_accm(&accm, 1, kOutgoing);
  ASSERT_EQ(note_acknowledged_accm(&accm, 2, kIncoming), 1);
  EXPECT_EQ(note_acknowledged_accm(&accm, 3, kOutgoing), 0);
  EXPECT_EQ(note_acknowledged_accm(&accm, 4, kIncoming), 1);
  EXPECT_EQ(accm.send, 3u);
  EXPECT_EQ(accm.receive, 4u);
}

TEST(Accm, TakesTheDefaultForBothSidesWhenRejected) {
  AccmNegotiation accm{};
  note_acknowledged_accm(&accm, 1, kOutgoing);
  EXPECT_EQ(note_rejected_accm(&accm), 1);
  EXPECT_EQ(accm.send, 0xffffffffu);
  EXPECT_EQ(accm.receive, 0xffffffffu);
}

}  // namespace
