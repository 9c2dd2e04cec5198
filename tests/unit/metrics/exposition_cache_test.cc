// The exposition's cache must never be visible in its text.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <sstream>
#include <thread>

#include "agent/metrics/exposition.h"
#include "agent/model/cow_pages.h"
#include "tests/support/records.h"

namespace pppol2tp::metrics {
namespace {

using model::Session;
using model::Tunnel;

// Sessions and tunnels that a test can change at will, presented as by the model.
class Stage {
 public:
  explicit Stage(std::uint32_t sessions) {
    for (std::uint32_t i = 0; i < sessions; ++i) add_session(i);
  }

  std::uint32_t add_session(std::uint32_t number) {
    const std::uint32_t index = sessions_.add();
    Session& session = sessions_.edit(index);
    test::SessionScript script(1 + number / 1000, number);
    script.at(test::kSecond * (1 + number)).opened();
    script.phase(ring::Phase::running);
    script.counters(number * 1000, number);
    session.state = script.state();
    if (number % 1000 == 0) {
      Tunnel& tunnel = tunnels_.edit(tunnels_.add());
      tunnel.ids.tunnel_id = 1 + number / 1000;
    }
    return index;
  }

  model::CowPages<Session>& sessions() { return sessions_; }
  model::CowPages<Tunnel>& tunnels() { return tunnels_; }
  void set_offset(std::int64_t ns) { offset_ = ns; }

  model::Snapshot snapshot() {
    model::Snapshot out;
    out.sessions = sessions_.snapshot();
    out.tunnels = tunnels_.snapshot();
    out.realtime_offset_ns = offset_;
    return out;
  }

 private:
  model::CowPages<Session> sessions_;
  model::CowPages<Tunnel> tunnels_;
  std::int64_t offset_ = 1'700'000'000 * std::int64_t{test::kSecond};
};

std::string text_of(Exposition& exposition, Stage& stage, const Scrape& scrape = {}) {
  return to_text(exposition, stage.snapshot(), AgentFacts(), scrape);
}

std::string inflated(const std::string& gzip) {
  std::string out(1 << 24, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0u);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

bool is_of_statistics(std::size_t byte) {
  using ring::SessionState;
  const auto is_in = [&](std::size_t section, std::size_t size) {
    return byte >= section && byte < section + size;
  };
  return is_in(offsetof(SessionState, counters), sizeof(SessionState::counters)) ||
         is_in(offsetof(SessionState, echo), sizeof(SessionState::echo));
}

// Any byte of any session's state may change, or its namespace's name, or which sessions there are.
void change_something(Stage& stage, std::mt19937& random) {
  const auto pick = [&](std::size_t count) { return random() % count; };
  auto& sessions = stage.sessions();
  std::vector<std::uint32_t> present;
  sessions.for_each([&](std::uint32_t index, const Session&) { present.push_back(index); });
  const std::uint32_t index = present[pick(present.size())];
  switch (pick(8)) {
    case 0:
      if (present.size() > 1) sessions.remove(index);
      break;
    case 1:
      stage.add_session(static_cast<std::uint32_t>(random()) % 60'000);
      break;
    case 2: {
      auto& name = sessions.edit(index).netns_name;
      name = {};
      name[0] = static_cast<char>('a' + pick(20));
      break;
    }
    case 3:
      stage.set_offset(static_cast<std::int64_t>(pick(1'000'000'000)));
      break;
    case 4:
      stage.tunnels().edit(0).traffic.receive_bytes = random();
      stage.tunnels().edit(0).peer_port = static_cast<std::uint16_t>(random());
      break;
    default: {
      // A report changes statistics as in the model: nothing else counts as changed.
      const std::size_t byte = pick(sizeof(ring::SessionState));
      Session& session =
          is_of_statistics(byte) ? sessions.edit_statistics(index) : sessions.edit(index);
      reinterpret_cast<unsigned char*>(&session.state)[byte] = static_cast<unsigned char>(random());
    }
  }
}

TEST(ExpositionCache, NeverShowsWhatIsNoLongerTrue) {
  std::mt19937 random(20'31);
  Stage stage(1500);
  Exposition kept({"user", "ifname"});
  for (int round = 0; round < 150; ++round) {
    for (std::size_t changes = random() % 4; changes > 0; --changes) {
      change_something(stage, random);
    }
    Scrape scrape;
    scrape.format = round % 2 == 0 ? Format::text : Format::openmetrics;
    scrape.is_gzip = round % 3 == 0;
    scrape.with_created = round % 5 == 0;
    if (round % 7 == 0) scrape.shard = {static_cast<std::uint32_t>(round) % 3, 3};
    const std::string answer = text_of(kept, stage, scrape);
    Exposition fresh({"user", "ifname"});
    Scrape plain = scrape;
    plain.is_gzip = false;
    ASSERT_EQ(scrape.is_gzip ? inflated(answer) : answer, text_of(fresh, stage, plain))
        << "round " << round;
  }
}

TEST(ExpositionCache, GivesTheSameBytesForAsLongAsNothingChanges) {
  Stage stage(3000);
  Exposition exposition;
  const Scrape gzip{.is_gzip = true};
  const std::string before = text_of(exposition, stage, gzip);
  EXPECT_EQ(text_of(exposition, stage, gzip), before);
  stage.sessions().edit(5).state.counters.receive_bytes += 1;
  EXPECT_NE(text_of(exposition, stage, gzip), before);
}

TEST(ExpositionCache, KeepsTheCompressedPiecesOfAShardingThatIsAskedForAgain) {
  FamilyBlock::Facts facts;
  facts.name = "pppol2tp_session_up";
  std::vector<std::string> texts;
  ShardKeys shard_keys(kItemsInBlock);
  ColumnDraft ups;
  ups.clear(0);
  for (std::size_t item = 0; item < 10; ++item) {
    texts.push_back("session_id=\"" + std::to_string(item) + '"');
    shard_keys[item] = static_cast<std::uint32_t>(item);
    ups.set(item, flag(true));
  }
  facts.labels = std::make_shared<const BlockLabels>(texts, shard_keys);
  facts.rows = {{"", ups.finish(nullptr)}};
  const FamilyBlock block(facts);
  Deflater deflater;
  TextBuffer scratch;
  const auto segment = [&](const Shard& shard) {
    return block.segment({shard, nullptr}, items_of(shard, shard_keys), deflater, scratch);
  };
  const auto whole = segment({});
  const auto first = segment({0, 2});
  const auto second = segment({1, 2});
  EXPECT_EQ(whole->text_bytes, first->text_bytes + second->text_bytes);
  EXPECT_EQ(segment({0, 2}), first);
  EXPECT_EQ(segment({1, 2}), second);
  EXPECT_EQ(segment({}), whole);
  const auto of_another = segment({0, 3});
  EXPECT_NE(of_another->text_bytes, first->text_bytes);
  EXPECT_EQ(first.use_count(), 1) << "pieces of a sharding that is not asked for any more are kept";
  const Shard coarse{0, FamilyBlock::kMostKeptShards};
  EXPECT_EQ(segment(coarse), segment(coarse));
  const Shard fine{1, FamilyBlock::kMostKeptShards + 1};
  const auto of_fine = segment(fine);
  EXPECT_EQ(segment(fine)->deflated, of_fine->deflated);
  EXPECT_EQ(of_fine.use_count(), 1) << "pieces of a fine sharding are kept";
}

TEST(ExpositionCache, GivesScrapesAtTheSameTimeTheSameWholeAnswers) {
  Stage stage(5000);
  Exposition exposition;
  const model::Snapshot snapshot = stage.snapshot();
  std::vector<std::string> answers(6);
  std::vector<std::thread> scrapers;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    scrapers.emplace_back([&, i] {
      const std::string answer =
          to_text(exposition, snapshot, AgentFacts(), {.is_gzip = i % 2 == 0});
      answers[i] = i % 2 == 0 ? inflated(answer) : answer;
    });
  }
  for (auto& scraper : scrapers) scraper.join();
  for (const std::string& answer : answers) EXPECT_EQ(answer, answers.front());
}

TEST(ExpositionCache, LetsGoOfTheModelsPagesBeforeTheAnswerIsSent) {
  class WatchingSink final : public Sink {
   public:
    explicit WatchingSink(std::weak_ptr<const model::CowPages<Session>::Page> page)
        : page_(std::move(page)) {}
    bool write(std::span<char> bytes) override {
      const std::string_view piece(bytes.data(), bytes.size());
      if (piece.find("pppol2tp_session_up") != piece.npos) was_held_ = !page_.expired();
      return true;
    }
    bool flush() override { return true; }
    std::optional<bool> was_held() const { return was_held_; }

   private:
    std::weak_ptr<const model::CowPages<Session>::Page> page_;
    std::optional<bool> was_held_;
  };
  Stage stage(10);
  Exposition exposition;
  model::Snapshot snapshot = stage.snapshot();
  WatchingSink sink(snapshot.sessions.pages().front());
  stage.sessions().edit(0).state.counters.receive_bytes = 1;  // this makes a new page for the model
  exposition.write(std::move(snapshot), AgentFacts(), {}, sink);
  EXPECT_EQ(sink.was_held(), false);
}

TEST(ExpositionCache, StopsWhenTheClientIsGone) {
  class GoneSink final : public Sink {
   public:
    bool write(std::span<char>) override { return ++writes_ < 2; }
    bool flush() override { return true; }
    int writes() const { return writes_; }

   private:
    int writes_ = 0;
  };
  Stage stage(20'000);
  Exposition exposition;
  GoneSink sink;
  EXPECT_FALSE(exposition.write(stage.snapshot(), AgentFacts(), {}, sink));
  EXPECT_EQ(sink.writes(), 2);
}

std::multiset<std::string> lines_of(const std::string& text) {
  std::multiset<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("#")) out.insert(line);
  }
  return out;
}

TEST(Shards, AddUpToTheWhole) {
  Stage stage(3000);
  Exposition exposition;
  std::multiset<std::string> together;
  for (std::uint32_t index = 0; index < 4; ++index) {
    const auto shard = lines_of(text_of(exposition, stage, {.shard = {index, 4}}));
    together.insert(shard.begin(), shard.end());
  }
  EXPECT_EQ(together, lines_of(text_of(exposition, stage)));
}

TEST(Shards, AreOfLikeSizeAndKeepTheirSessions) {
  Stage stage(3000);
  Exposition exposition;
  Scrape ups;
  ups.families = *parse_families("pppol2tp_session_up");
  for (std::uint32_t index = 0; index < 4; ++index) {
    ups.shard = {index, 4};
    const auto before = lines_of(text_of(exposition, stage, ups));
    EXPECT_GT(before.size(), 600u);
    EXPECT_LT(before.size(), 900u);
    // The same sessions at other places of another model.
    Stage other(0);
    for (std::uint32_t i = 3000; i > 0; --i) other.add_session(i - 1);
    EXPECT_EQ(lines_of(text_of(exposition, other, ups)), before);
  }
}

TEST(Shards, AfterTheFirstSayNothingOfHostAndAgent) {
  Stage stage(10);
  Exposition exposition;
  const std::string text = text_of(exposition, stage, {.shard = {1, 2}});
  EXPECT_EQ(text.find("\nprocess_"), text.npos);
  EXPECT_EQ(text.find("pppol2tp_sessions{"), text.npos);
}

// Whatever bytes a peer puts into its name, every line of the answer stays one sample.
TEST(Exposition, SurvivesEveryByteInAPeersName) {
  std::mt19937 random(7);
  Stage stage(1);
  Exposition exposition({"user"});
  for (int round = 0; round < 300; ++round) {
    auto& name = stage.sessions().edit(0).state.authentication.peer_name;
    for (char& byte : name) byte = static_cast<char>(random());
    name[random() % sizeof name] = static_cast<char>(round);
    for (const std::string& line : lines_of(text_of(exposition, stage))) {
      bool in_quotes = false;
      std::size_t closing = 0;
      for (std::size_t i = 0; i < line.size(); ++i) {
        const auto byte = static_cast<unsigned char>(line[i]);
        ASSERT_TRUE(byte >= 0x20 && byte != 0x7f) << line;
        if (in_quotes && line[i] == '\\') {
          ++i;
          ASSERT_TRUE(i < line.size() && std::strchr("\\\"n", line[i]) != nullptr) << line;
        } else if (line[i] == '"') {
          in_quotes = !in_quotes;
        } else if (line[i] == '}' && !in_quotes) {
          ++closing;
        }
      }
      ASSERT_FALSE(in_quotes) << line;
      ASSERT_LE(closing, 1u) << line;
    }
  }
}

}  // namespace
}  // namespace pppol2tp::metrics
