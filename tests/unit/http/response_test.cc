#include "agent/http/response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "tests/unit/http/client.h"

namespace pppol2tp::http {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class RecordingOutput final : public Output {
 public:
  explicit RecordingOutput(std::size_t room = SIZE_MAX) : room_(room) {}

  bool write(std::string_view bytes) override {
    ++writes_;
    if (all_.size() + bytes.size() > room_) return false;
    all_ += bytes;
    return true;
  }

  Response response() const { return parse_response(all_); }
  const std::string& all() const { return all_; }
  int writes() const { return writes_; }

 private:
  std::size_t room_;
  std::string all_;
  int writes_ = 0;
};

class ResponseTest : public testing::Test {
 protected:
  RecordingOutput output_;
  ResponseWriter get_{output_, /*is_head=*/false, /*is_http_1_0=*/false};
  ResponseWriter head_{output_, /*is_head=*/true, /*is_http_1_0=*/false};
  ResponseWriter old_{output_, /*is_head=*/false, /*is_http_1_0=*/true};
};

TEST_F(ResponseTest, SendsAWholeBodyWithItsLength) {
  EXPECT_TRUE(get_.send("hello"));
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(output_.response().status, 200);
  EXPECT_EQ(output_.response().header("Content-Length"), "5");
  EXPECT_EQ(output_.response().body, "hello");
}

TEST_F(ResponseTest, SendsASmallAnswerInOneWrite) {
  get_.send("hello");
  get_.finish();
  EXPECT_EQ(output_.writes(), 1);
}

TEST_F(ResponseTest, CarriesTheHeadersThatEveryAnswerHas) {
  get_.set_content_type("text/plain");
  get_.send("x");
  const Response response = output_.response();
  EXPECT_EQ(response.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(response.header("Cache-Control"), "no-store");
  EXPECT_EQ(response.header("Connection"), "close");
  EXPECT_THAT(response.header("Date").value(),
              MatchesRegex("[A-Z][a-z][a-z], [0-9][0-9] [A-Z][a-z][a-z] "
                           "[0-9]+ [0-9][0-9]:[0-9][0-9]:[0-9][0-9] GMT"));
  EXPECT_EQ(response.header("Content-Security-Policy"), std::nullopt);
  EXPECT_EQ(response.header("Server"), std::nullopt);
  EXPECT_THAT(response.head, Not(HasSubstr("Access-Control")));
}

TEST_F(ResponseTest, GivesHtmlAPolicyAgainstEverythingButInlineStyle) {
  get_.set_content_type("Text/HTML; charset=utf-8");
  get_.send("x");
  EXPECT_THAT(output_.response().header("Content-Security-Policy").value(),
              testing::StartsWith("default-src 'none'; style-src 'self'; base-uri 'none'"));
}

TEST_F(ResponseTest, LetsAHandlerReplaceAHeader) {
  get_.set_header("cache-control", "max-age=60");
  get_.send("x");
  EXPECT_EQ(output_.response().header("cache-control"), "max-age=60");
  EXPECT_EQ(output_.response().header("Cache-Control"), std::nullopt);
}

TEST_F(ResponseTest, SetsAHeaderOnceHoweverOftenItIsSet) {
  get_.set_header("X-A", "1");
  get_.set_header("x-a", "2");
  get_.send("");
  EXPECT_EQ(output_.response().header("X-A"), "2");
  EXPECT_EQ(output_.response().header("x-a"), std::nullopt);
}

TEST_F(ResponseTest, CannotBeGivenAHeaderThroughAnothersValue) {
  get_.set_header("X-A", "1\r\nX-B: 2");
  get_.send("");
  EXPECT_EQ(output_.response().header("X-A"), "1  X-B: 2");
  EXPECT_EQ(output_.response().header("X-B"), std::nullopt);
}

TEST_F(ResponseTest, SendsAStreamOfUnknownLengthInChunks) {
  ASSERT_TRUE(get_.begin(std::nullopt));
  EXPECT_TRUE(get_.write("small"));
  EXPECT_TRUE(get_.write(std::string(100'000, 'b')));
  EXPECT_TRUE(get_.write("tail"));
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(output_.response().header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(output_.response().header("Content-Length"), std::nullopt);
  EXPECT_EQ(joined_chunks(output_.response().body), "small" + std::string(100'000, 'b') + "tail");
}

// A piece as write_in_room() expects it.
class PieceInRoom {
 public:
  explicit PieceInRoom(std::string_view text)
      : memory_(ResponseWriter::kRoomBefore + text.size() + ResponseWriter::kRoomAfter, '!'),
        size_(text.size()) {
    text.copy(memory_.data() + ResponseWriter::kRoomBefore, size_);
  }
  std::span<char> piece() { return {memory_.data() + ResponseWriter::kRoomBefore, size_}; }

 private:
  std::string memory_;
  std::size_t size_;
};

TEST_F(ResponseTest, FramesAPieceInItsRoomAndSendsItInOneWrite) {
  const std::string text(100'000, 'b');
  PieceInRoom first(text);
  PieceInRoom second(text);
  ASSERT_TRUE(get_.begin(std::nullopt));
  EXPECT_TRUE(get_.push());  // the head
  EXPECT_TRUE(get_.write_in_room(first.piece()));
  EXPECT_TRUE(get_.write_in_room(second.piece()));
  EXPECT_EQ(output_.writes(), 3);
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(joined_chunks(output_.response().body), text + text);
}

TEST_F(ResponseTest, SendsTheHeadInTheRoomOfTheFirstPiece) {
  PieceInRoom first(std::string(50'000, 'f'));
  ASSERT_TRUE(get_.begin(std::nullopt));
  EXPECT_TRUE(get_.write_last_in_room(first.piece()));
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(output_.writes(), 1);
  EXPECT_EQ(output_.response().header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(joined_chunks(output_.response().body), std::string(50'000, 'f'));
}

TEST_F(ResponseTest, SendsAHeadThatIsLargerThanTheRoomBeforeTheFirstPiece) {
  const std::string policy(ResponseWriter::kRoomBefore, 'p');
  PieceInRoom first(std::string(50'000, 'f'));
  get_.set_header("Content-Security-Policy", policy);
  ASSERT_TRUE(get_.begin(std::nullopt));
  EXPECT_TRUE(get_.write_last_in_room(first.piece()));
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(output_.writes(), 2);
  EXPECT_EQ(output_.response().header("Content-Security-Policy"), policy);
  EXPECT_EQ(joined_chunks(output_.response().body), std::string(50'000, 'f'));
}

TEST_F(ResponseTest, SendsTheEndOfTheAnswerWithTheLastPieceInItsRoom) {
  PieceInRoom large(std::string(50'000, 'r'));
  PieceInRoom last(std::string(50'000, 'l'));
  ASSERT_TRUE(get_.begin(std::nullopt));
  EXPECT_TRUE(get_.write_in_room(large.piece()));
  EXPECT_TRUE(get_.write_last_in_room(last.piece()));
  const int writes = output_.writes();
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(output_.writes(), writes);
  EXPECT_EQ(joined_chunks(output_.response().body),
            std::string(50'000, 'r') + std::string(50'000, 'l'));
}

TEST_F(ResponseTest, SendsASmallLastPieceWithTheEndOfTheAnswer) {
  PieceInRoom small("small\n");
  ASSERT_TRUE(get_.begin(std::nullopt));
  EXPECT_TRUE(get_.write_last_in_room(small.piece()));
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(output_.writes(), 1);
  EXPECT_EQ(joined_chunks(output_.response().body), "small\n");
}

TEST_F(ResponseTest, TakesPiecesWithRoomInAnyOrderWithOthers) {
  PieceInRoom small("small with room\n");
  PieceInRoom large(std::string(50'000, 'r'));
  ASSERT_TRUE(get_.begin(std::nullopt));
  EXPECT_TRUE(get_.write_in_room(large.piece()));
  EXPECT_TRUE(get_.write("gathered\n"));
  EXPECT_TRUE(get_.write_in_room(small.piece()));
  EXPECT_TRUE(get_.write(std::string(50'000, 'w')));
  EXPECT_TRUE(get_.write_in_room(large.piece()));
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(joined_chunks(output_.response().body),
            std::string(50'000, 'r') + "gathered\nsmall with room\n" + std::string(50'000, 'w') +
                std::string(50'000, 'r'));
}

TEST_F(ResponseTest, FramesNothingForAClientThatKnowsNoChunks) {
  PieceInRoom large(std::string(50'000, 'r'));
  ASSERT_TRUE(old_.begin(std::nullopt));
  EXPECT_TRUE(old_.write_in_room(large.piece()));
  EXPECT_TRUE(old_.write_last_in_room(large.piece()));
  EXPECT_TRUE(old_.finish());
  EXPECT_EQ(output_.response().body, std::string(100'000, 'r'));
}

TEST_F(ResponseTest, SendsNoPieceWithRoomToAHeadRequest) {
  PieceInRoom large(std::string(50'000, 'r'));
  ASSERT_TRUE(head_.begin(std::nullopt));
  EXPECT_TRUE(head_.write_in_room(large.piece()));
  EXPECT_TRUE(head_.write_last_in_room(large.piece()));
  EXPECT_TRUE(head_.finish());
  EXPECT_EQ(output_.response().body, "");
}

TEST_F(ResponseTest, PushesTheHeadAndWhatWasGatheredAtOnce) {
  ASSERT_TRUE(get_.begin(std::nullopt));
  EXPECT_TRUE(get_.write("first"));
  EXPECT_EQ(output_.writes(), 0);
  EXPECT_TRUE(get_.push());
  EXPECT_EQ(output_.writes(), 1);
  EXPECT_THAT(output_.all(), testing::EndsWith("\r\n\r\n5\r\nfirst\r\n"));
  EXPECT_TRUE(get_.write("second"));
  EXPECT_EQ(output_.writes(), 1);
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(joined_chunks(output_.response().body), "firstsecond");
}

TEST_F(ResponseTest, PushesTheHeadOfAStreamThatHasNothingYet) {
  ASSERT_TRUE(get_.begin(std::nullopt));
  EXPECT_TRUE(get_.push());
  EXPECT_THAT(output_.all(), testing::EndsWith("\r\n\r\n"));
  EXPECT_EQ(output_.response().status, 200);
}

TEST(ResponseToALostClient, SaysSoOfAPush) {
  RecordingOutput output(10);
  ResponseWriter response(output, /*is_head=*/false, /*is_http_1_0=*/false);
  ASSERT_TRUE(response.begin(std::nullopt));
  EXPECT_FALSE(response.push());
  EXPECT_FALSE(response.write("x"));
}

TEST_F(ResponseTest, SendsAStreamOfNoPiecesAsAnEmptyBody) {
  ASSERT_TRUE(get_.begin(std::nullopt));
  EXPECT_TRUE(get_.write(""));
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(joined_chunks(output_.response().body), "");
}

TEST_F(ResponseTest, SendsAStreamOfKnownLengthAsItIs) {
  ASSERT_TRUE(get_.begin(100'003));
  EXPECT_TRUE(get_.write("abc"));
  EXPECT_TRUE(get_.write(std::string(100'000, 'b')));
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(output_.response().header("Content-Length"), "100003");
  EXPECT_EQ(output_.response().header("Transfer-Encoding"), std::nullopt);
  EXPECT_EQ(output_.response().body, "abc" + std::string(100'000, 'b'));
}

TEST_F(ResponseTest, GathersSmallPieces) {
  ASSERT_TRUE(get_.begin(std::nullopt));
  std::string all;
  for (int i = 0; i < 10'000; ++i) {
    const std::string piece = std::to_string(i) + '\n';
    all += piece;
    ASSERT_TRUE(get_.write(piece));
  }
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(joined_chunks(output_.response().body), all);
  EXPECT_LT(output_.writes(), 10);
}

TEST_F(ResponseTest, SendsNoChunksToAClientThatKnowsNone) {
  ASSERT_TRUE(old_.begin(std::nullopt));
  EXPECT_TRUE(old_.write("abc"));
  EXPECT_TRUE(old_.finish());
  EXPECT_EQ(output_.response().header("Transfer-Encoding"), std::nullopt);
  EXPECT_EQ(output_.response().header("Content-Length"), std::nullopt);
  EXPECT_EQ(output_.response().body, "abc");
}

TEST_F(ResponseTest, SendsOnlyTheHeadToAHeadRequest) {
  EXPECT_TRUE(head_.is_head());
  EXPECT_TRUE(head_.send("hello"));
  EXPECT_TRUE(head_.finish());
  EXPECT_EQ(output_.response().header("Content-Length"), "5");
  EXPECT_EQ(output_.response().body, "");
}

TEST_F(ResponseTest, SendsOnlyTheHeadOfAStreamToAHeadRequest) {
  ASSERT_TRUE(head_.begin(std::nullopt));
  EXPECT_TRUE(head_.write(std::string(100'000, 'x')));
  EXPECT_TRUE(head_.finish());
  EXPECT_EQ(output_.response().header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(output_.response().body, "");
}

TEST_F(ResponseTest, WithoutABodyIsAnEmptyAnswer) {
  get_.set_status(503);
  EXPECT_FALSE(get_.has_begun());
  EXPECT_TRUE(get_.finish());
  EXPECT_EQ(output_.response().status, 503);
  EXPECT_EQ(output_.response().header("Content-Length"), "0");
  EXPECT_THAT(output_.all(), testing::StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST_F(ResponseTest, ForgetsStatusAndHeadersWhenItStartsOver) {
  get_.set_status(404);
  get_.set_header("X-A", "1");
  get_.start_over();
  get_.send("");
  EXPECT_EQ(output_.response().status, 200);
  EXPECT_EQ(output_.response().header("X-A"), std::nullopt);
}

TEST_F(ResponseTest, IsNotFinishedWhenLessThanPromisedWasWritten) {
  get_.begin(10);
  EXPECT_TRUE(get_.write("abc"));
  EXPECT_FALSE(get_.finish());
}

TEST_F(ResponseTest, DoesNotSendMoreThanWasPromised) {
  get_.begin(2);
  EXPECT_FALSE(get_.write("abc"));
  EXPECT_FALSE(get_.finish());
  EXPECT_EQ(output_.all().find("abc"), std::string::npos);
}

TEST(ResponseToALostClient, SaysSoAndDoesNotTryAgain) {
  RecordingOutput output(50'000);
  ResponseWriter response(output, /*is_head=*/false, /*is_http_1_0=*/false);
  ASSERT_TRUE(response.begin(std::nullopt));
  EXPECT_TRUE(response.write(std::string(40'000, 'x')));
  EXPECT_FALSE(response.write(std::string(40'000, 'x')));
  const int writes = output.writes();
  EXPECT_FALSE(response.write(std::string(40'000, 'x')));
  EXPECT_FALSE(response.finish());
  EXPECT_EQ(output.writes(), writes);
}

}  // namespace
}  // namespace pppol2tp::http
