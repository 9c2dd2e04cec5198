#include "agent/model/checkpoint.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/support/records.h"

namespace pppol2tp::model {
namespace {

using ring::Cause;
using ring::Phase;
using test::kSecond;
using test::SessionScript;

constexpr char kBoot[] = "8c1f0f3e-7d65-4f5b-9d54-1f1f6d0c8a11";
constexpr Limits kLimits{100, 900 * kSecond};

std::string encode(Model& model, const ring::ReaderPosition& position = {}) {
  return encode_checkpoint(model.snapshot(0, 0),
                           {kBoot, model.ring_epoch(), model.known_generations(), position});
}

std::unique_ptr<Model> restored(const std::string& bytes) {
  auto checkpoint = decode_checkpoint(bytes, kBoot);
  EXPECT_TRUE(checkpoint) << (checkpoint ? "" : checkpoint.error().message);
  auto model = std::make_unique<Model>(kLimits);
  if (checkpoint) model->restore(checkpoint->memory);
  return model;
}

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() {
    model_.begin_ring(77, 16);
    model_.apply(living_.in_slot(0, 1).opened());
    model_.apply(living_.phase(Phase::running));
    model_.apply(living_.counters(1000, 100));
    model_.apply(gone_.in_slot(1, 1).counters(10, 1));
    model_.apply(gone_.ended(Cause::echo_timeout));
  }
  Model model_{kLimits};
  SessionScript living_{10, 20};
  SessionScript gone_{11, 21, 2};
};

TEST_F(CheckpointTest, EverythingComesBack) {
  ring::ReaderPosition position;
  position.epoch = 77;
  position.next = 5;
  position.hole_count = 1;
  position.holes[0] = 3;
  const std::string bytes = encode(model_, position);
  const auto checkpoint = decode_checkpoint(bytes, kBoot);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->position.next, 5u);
  EXPECT_EQ(checkpoint->position.holes[0], 3u);

  const auto again = restored(bytes);
  EXPECT_EQ(again->ring_epoch(), 77u);
  EXPECT_EQ(again->totals().starts, 2u);
  EXPECT_EQ(again->totals().traffic.receive_bytes, 1010u);
  const SessionIds ids{4026531840, 10, 20};
  ASSERT_NE(again->find(ids), nullptr);
  EXPECT_TRUE(again->find(ids)->is_up());
  EXPECT_TRUE(again->find(ids)->has_slot);
  EXPECT_EQ(encode(*again, position), bytes);
}

// The limit is linear, so it holds for any number if it holds for none and for one more.
TEST_F(CheckpointTest, HasNoMoreBytesThanTheLimitForItsSessionsAndTunnels) {
  const auto size_with = [](std::uint32_t sessions) {
    Model model({sessions + 1, 900 * kSecond, sessions + 1});
    model.begin_ring(77, ring::kMaxSessionSlots);
    for (std::uint32_t id = 1; id <= sessions; ++id) model.apply(SessionScript(id, 1).opened());
    return encode(model).size();
  };
  const std::size_t empty = size_with(0);
  EXPECT_LE(empty, most_checkpoint_bytes(0, 0));
  EXPECT_LE(size_with(50) - empty, most_checkpoint_bytes(50, 50) - most_checkpoint_bytes(0, 0));
  EXPECT_LE(size_with(50), 2 * most_checkpoint_bytes(50, 50)) << "the limit is without use";
}

TEST_F(CheckpointTest, RecordsFromBeforeAreNotCountedAgain) {
  const auto again = restored(encode(model_));
  SessionScript living(10, 20);
  again->apply(living.in_slot(0, 1).opened());
  SessionScript gone(11, 21, 2);
  gone.in_slot(1, 1).counters(10, 1);
  again->apply(gone.ended(Cause::echo_timeout));
  EXPECT_EQ(again->totals().starts, 2u);
  EXPECT_EQ(again->totals().ends[static_cast<std::size_t>(Cause::echo_timeout)], 1u);
}

TEST_F(CheckpointTest, RecordsFromAfterGoOn) {
  const auto again = restored(encode(model_));
  again->apply(living_.counters(1500, 100));
  again->apply(living_.ended(Cause::user_request));
  EXPECT_EQ(again->totals().traffic.receive_bytes, 1510u);
  EXPECT_EQ(again->totals().ends[static_cast<std::size_t>(Cause::user_request)], 1u);
  again->expire(10'000 * kSecond);
  EXPECT_EQ(again->session_count(), 0u);
}

TEST_F(CheckpointTest, EndedSessionKeepsItsRetentionTime) {
  const auto again = restored(encode(model_));
  const SessionIds ids{4026531840, 11, 21};
  again->expire(kSecond + kLimits.retention_ns - 1);
  EXPECT_NE(again->find(ids), nullptr);
  again->expire(kSecond + kLimits.retention_ns);
  EXPECT_EQ(again->find(ids), nullptr);
}

TEST_F(CheckpointTest, EmptyTunnelsGoInTheOrderInWhichTheyBecameEmpty) {
  Model::Memory memory;
  for (const std::uint32_t id : {1u, 2u}) {
    Tunnel& tunnel = memory.tunnels.emplace_back();
    tunnel.ids = {4026531840, id};
    tunnel.empty_since_ns = (id == 1 ? 100 : 50) * kSecond;
  }
  Model again(kLimits);
  again.restore(memory);
  again.expire(50 * kSecond + kLimits.retention_ns);
  EXPECT_NE(again.find(memory.tunnels[0].ids), nullptr);
  EXPECT_EQ(again.find(memory.tunnels[1].ids), nullptr);
}

TEST_F(CheckpointTest, WhatIsThereTwiceComesBackOnce) {
  auto checkpoint = decode_checkpoint(encode(model_), kBoot);
  ASSERT_TRUE(checkpoint);
  Model::Memory& memory = checkpoint->memory;
  memory.sessions.insert(memory.sessions.end(), memory.sessions.begin(), memory.sessions.end());
  memory.tunnels.insert(memory.tunnels.end(), memory.tunnels.begin(), memory.tunnels.end());
  Model again(kLimits);
  again.restore(memory);
  EXPECT_EQ(again.session_count(), 2u);
  EXPECT_EQ(again.tunnel_count(), 2u);
}

TEST_F(CheckpointTest, EndThatWasCountedAndForgottenIsNotCountedFromTheTable) {
  model_.expire(10'000 * kSecond);
  const auto again = restored(encode(model_));
  again->reconcile(1, {ring::OwnerState::none, 1, true}, gone_.state());
  EXPECT_EQ(again->totals().ends[static_cast<std::size_t>(Cause::echo_timeout)], 1u);
}

TEST_F(CheckpointTest, AnotherBootIsRefused) {
  const auto decoded = decode_checkpoint(encode(model_), "another");
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().message, "it is from before the last boot");
}

TEST_F(CheckpointTest, AnyFlippedByteIsRefusedOrHarmless) {
  const std::string bytes = encode(model_);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string broken = bytes;
    broken[i] = static_cast<char>(broken[i] ^ 0x41);
    const auto decoded = decode_checkpoint(broken, kBoot);
    // The checksum does not cover the header: only its position and epoch may differ.
    if (decoded) {
      EXPECT_EQ(decoded->memory.sessions.size(), 2u) << "byte " << i;
      Model survivor{kLimits};
      survivor.restore(decoded->memory);
      EXPECT_EQ(survivor.totals().starts, 2u) << "byte " << i;
    }
  }
}

TEST_F(CheckpointTest, ManyElementsWithoutContentsAreRefused) {
  // Of Header: totals_bytes, state_bytes and notes_bytes; session_count.
  constexpr std::size_t kSizes = 12;
  constexpr std::size_t kSessionCount = 40;
  std::string bytes = encode(model_);
  std::uint32_t sizes[3];
  std::memcpy(sizes, &bytes[kSizes], sizeof sizes);
  ASSERT_EQ(sizes[0], sizeof(Totals));
  ASSERT_EQ(sizes[1], sizeof(ring::SessionState));
  std::uint64_t count = 0;
  std::memcpy(&count, &bytes[kSessionCount], sizeof count);
  ASSERT_EQ(count, model_.session_count());
  // The same number of bytes, as sessions of one byte each.
  count *= std::uint64_t{sizes[1]} + sizes[2];
  sizes[1] = 1;
  sizes[2] = 0;
  std::memcpy(&bytes[kSizes], sizes, sizeof sizes);
  std::memcpy(&bytes[kSessionCount], &count, sizeof count);
  const auto decoded = decode_checkpoint(bytes, kBoot);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().message, "its length is not what its header says");
}

TEST_F(CheckpointTest, AnyTruncationIsRefused) {
  const std::string bytes = encode(model_);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_checkpoint(std::string_view(bytes).substr(0, size), kBoot)) << size;
  }
  EXPECT_FALSE(decode_checkpoint(bytes + "x", kBoot));
}

TEST(Checkpoint, OfAnEmptyModelIsValid) {
  Model model(kLimits);
  EXPECT_EQ(restored(encode(model))->session_count(), 0u);
}

// Accepts so many pieces, and then no more.
class FullSink final : public CheckpointSink {
 public:
  explicit FullSink(int room) : room_(room) {}
  Result<void> append(std::string_view) override {
    return room_-- > 0 ? Result<void>() : fail("no space left");
  }
  Result<void> overwrite_begin(std::string_view) override {
    finished = true;
    return {};
  }
  bool finished = false;

 private:
  int room_;
};

TEST_F(CheckpointTest, IsNeverFinishedWhenItDoesNotFit) {
  const Place place{kBoot, model_.ring_epoch(), model_.known_generations(), {}};
  for (int room = 0; room < 2; ++room) {  // room for nothing, and for the header
    FullSink sink(room);
    const auto written = write_checkpoint(model_.snapshot(0, 0), place, sink);
    ASSERT_FALSE(written) << room;
    EXPECT_EQ(written.error().message, "no space left");
    EXPECT_FALSE(sink.finished);
  }
}

TEST_F(CheckpointTest, OfManySessionsComesInPiecesAndIsTheSame) {
  Model many({5000, 900 * kSecond});
  for (std::uint32_t id = 1; id <= 2000; ++id) {
    SessionScript session(1, id, id);
    many.apply(session.opened());
    many.apply(session.counters(id, 0));
  }
  const auto checkpoint = decode_checkpoint(encode(many), kBoot);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->memory.sessions.size(), 2000u);
  EXPECT_EQ(checkpoint->memory.totals.traffic.receive_bytes, 2000u * 2001 / 2);
}

}  // namespace
}  // namespace pppol2tp::model
