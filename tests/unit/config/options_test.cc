#include "agent/config/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

namespace pppol2tp::config {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Options, HaveKeysOfTheirOwn) {
  std::set<std::string_view> keys;
  for (const Option& option : options()) EXPECT_TRUE(keys.insert(option.key).second) << option.key;
}

TEST(Options, AreExplainedInSentences) {
  for (const Option& option : options()) {
    EXPECT_TRUE(option.help.ends_with('.')) << option.key;
    EXPECT_GE(option.help.front(), 'A') << option.key;
    EXPECT_LE(option.help.front(), 'Z') << option.key;
    EXPECT_FALSE(option.allowed().empty()) << option.key;
  }
}

TEST(Differences, AreNoneBetweenEquals) {
  EXPECT_THAT(differences(Config(), Config()), IsEmpty());
}

TEST(Differences, NameKeyValuesAndWhenTheyTakeEffect) {
  Config changed;
  changed.retention = 30min;
  changed.http.threads = 20;
  const auto found = differences(Config(), changed);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].key, "retention");
  EXPECT_EQ(found[0].change, Change::reload);
  EXPECT_EQ(found[0].before, "15m");
  EXPECT_EQ(found[0].after, "30m");
  EXPECT_EQ(found[1].key, "http.threads");
  EXPECT_EQ(found[1].change, Change::restart);
  EXPECT_EQ(found[1].after, "20");
}

TEST(Differences, SeeAChangeOfEveryOption) {
  Config other;
  other.listen = {"[::1]:1"};
  other.web_config_file = "/x";
  other.ring = "/x";
  other.state_file = "/x";
  other.checkpoint_interval = 1s;
  other.retention = 1s;
  other.max_sessions = 1;
  other.max_tunnels = 1;
  other.expected_sessions.emplace_back().name = "office";
  other.ask_kernel = false;
  other.network_namespaces = {"blue"};
  other.session_labels = {SessionLabel::role};
  other.log_level = log::Level::error;
  other.metrics = {.detail = metrics::Detail::totals, .disabled = {"agent"}};
  other.http = {.threads = 2, .request_timeout = 1s};
  EXPECT_THAT(differences(Config(), other), SizeIs(options().size()));
}

TEST(TakeReloadable, TakesWhatAReloadMayChangeAndLeavesTheRestPending) {
  Config fresh;
  fresh.retention = 30min;
  fresh.expected_sessions.emplace_back().name = "office";
  fresh.http.threads = 20;
  Config in_force;
  take_reloadable(in_force, fresh);
  EXPECT_EQ(in_force.retention, 30min);
  EXPECT_EQ(in_force.expected_sessions, fresh.expected_sessions);
  EXPECT_EQ(in_force.http.threads, Config().http.threads);
  const auto pending = differences(in_force, fresh);
  ASSERT_THAT(pending, SizeIs(1)) << "a second reload still says what waits for a restart";
  EXPECT_EQ(pending[0].key, "http.threads");
}

}  // namespace
}  // namespace pppol2tp::config
