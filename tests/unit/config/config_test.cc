#include "agent/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace pppol2tp::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Config parsed(const std::string& text) {
  const auto config = parse(text, "a.yaml");
  EXPECT_TRUE(config) << config.error().message;
  return config ? *config : Config();
}

TEST(Config, IsAtItsDefaultsWhenTheFileSaysNothing) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n", "{}", "~", "http:\n"}) {
    EXPECT_EQ(parsed(text), Config()) << text;
  }
}

TEST(Config, TakesEveryOption) {
  const Config config = parsed(
      "listen: ['[::1]:1234', ':80']\n"
      "web_config_file: /etc/web.yml\n"
      "ring: /dev/shm/ring\n"
      "state_file: /var/lib/agent/state\n"
      "checkpoint_interval: 1m30s\n"
      "retention: 2h\n"
      "max_sessions: 1000\n"
      "session_labels:\n"
      "  - user\n"
      "  - ifname\n"
      "log_level: debug\n"
      "http:\n"
      "  threads: 32\n"
      "  request_timeout: 500ms\n");
  EXPECT_THAT(config.listen, ElementsAre("[::1]:1234", ":80"));
  EXPECT_EQ(config.web_config_file, "/etc/web.yml");
  EXPECT_EQ(config.ring, "/dev/shm/ring");
  EXPECT_EQ(config.state_file, "/var/lib/agent/state");
  EXPECT_EQ(config.checkpoint_interval, 90s);
  EXPECT_EQ(config.retention, 2h);
  EXPECT_EQ(config.max_sessions, 1000U);
  EXPECT_THAT(config.session_labels, ElementsAre(SessionLabel::user, SessionLabel::ifname));
  EXPECT_EQ(config.log_level, log::Level::debug);
  EXPECT_EQ(config.http.threads, 32U);
  EXPECT_EQ(config.http.request_timeout, 500ms);
}

TEST(Config, TakesQuotedAndPlainScalarsAlike) {
  EXPECT_EQ(parsed("max_sessions: '7'").max_sessions, parsed("max_sessions: 7").max_sessions);
}

TEST(Config, FollowsAliases) {
  const Config config = parsed("ring: &path /a/b\nstate_file: *path\n");
  EXPECT_EQ(config.state_file, "/a/b");
}

struct BadInput {
  const char* what;
  const char* text;
  const char* message;  // the whole message
};

class BadConfig : public testing::TestWithParam<BadInput> {};

TEST_P(BadConfig, GetsOneLineThatNamesFileLineKeyAndWhatIsAllowed) {
  const auto config = parse(GetParam().text, "a.yaml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message, GetParam().message);
}

constexpr char kTopKeys[] =
    "listen, web_config_file, ring, state_file, checkpoint_interval, retention, max_sessions, "
    "max_tunnels, expected_sessions, ask_kernel, network_namespaces, session_labels, log_level, "
    "metrics, http";

std::string with_top_keys(const std::string& start) {
  return start + kTopKeys;
}

const BadInput kBadInputs[] = {
    {"UnknownNestedKey", "http:\n  thread: 5\n",
     "a.yaml:2: unknown key \"http.thread\"; did you mean \"http.threads\"?; allowed: threads, "
     "request_timeout"},
    {"UnknownNestedKeyLikeNoOther", "http:\n  colour: 5\n",
     "a.yaml:2: unknown key \"http.colour\"; allowed: threads, request_timeout"},
    {"NestedKeyOnOneLevel", "http.threads: 5\n",
     "a.yaml:1: unknown key \"http.threads\"; write http: {threads: ...}; allowed: listen, "
     "web_config_file, ring, state_file, checkpoint_interval, retention, max_sessions, "
     "max_tunnels, expected_sessions, ask_kernel, network_namespaces, session_labels, log_level, "
     "metrics, http"},
    {"DetailThatIsNoLevel", "metrics: {detail: all}\n",
     "a.yaml:1: metrics.detail: \"all\" is not a known value; allowed: totals, tunnels, sessions, "
     "everything"},
    {"MetricThatDoesNotExist", "metrics:\n  disabled:\n    - pppol2tp_session_upp\n",
     "a.yaml:3: metrics.disabled: \"pppol2tp_session_upp\" is not a metric of this agent; allowed: "
     "a list of any of: a metric's name, a prefix and a star "
     "(pppol2tp_session_receive_*), or one of session, tunnel, host, agent"},
    {"KeyTwice", "ring: /a\nretention: 1s\nring: /b\n",
     "a.yaml:3: ring: given twice; allowed: once"},
    {"SectionTwice", "http: {threads: 5}\nhttp: {threads: 6}\n",
     "a.yaml:2: http: given twice; allowed: once"},
    {"SectionIsAValue", "http: 5\n",
     "a.yaml:1: http: expected a mapping, found a single value; allowed: threads, request_timeout"},
    {"SectionIsAList", "http: [threads]\n",
     "a.yaml:1: http: expected a mapping, found a list; allowed: threads, request_timeout"},
    {"KeyIsAList", "? [a, b]\n: c\n", "a.yaml:1: a key must be a word, found a list"},
    {"SecondDocument", "ring: /a\n---\nring: /b\n",
     "a.yaml:2: something follows the first YAML document; allowed: one"},
    {"PathIsRelative", "ring: run/ring\n",
     "a.yaml:1: ring: \"run/ring\" does not start with /; allowed: an absolute path"},
    {"PathIsEmpty", "\nring: ''\n",
     "a.yaml:2: ring: \"\" does not start with /; allowed: an absolute path"},
    {"PathIsADirectory", "state_file: /run/\n",
     "a.yaml:1: state_file: \"/run/\" names a directory; a file is wanted; allowed: an absolute "
     "path"},
    {"PathHasNul", "ring: \"/a\\0b\"\n",
     "a.yaml:1: ring: \"/a\\x00b\" contains a NUL byte; allowed: an absolute path"},
    {"ValueIsMissing", "retention: 1s\nring:\n",
     "a.yaml:2: ring: expected a single value, found nothing; allowed: an absolute path"},
    {"ValueIsAMapping", "ring: {path: /a}\n",
     "a.yaml:1: ring: expected a single value, found a mapping; allowed: an absolute path"},
    {"NumberIsAWord", "max_sessions: many\n",
     "a.yaml:1: max_sessions: \"many\" is not a whole number; allowed: a number from 1 to "
     "10000000"},
    {"NumberIsAFraction", "max_sessions: 1.5\n",
     "a.yaml:1: max_sessions: \"1.5\" is not a whole number; allowed: a number from 1 to 10000000"},
    {"NumberIsNegative", "max_sessions: -1\n",
     "a.yaml:1: max_sessions: \"-1\" is not a whole number; allowed: a number from 1 to 10000000"},
    {"NumberIsTooSmall", "max_sessions: 0\n",
     "a.yaml:1: max_sessions: \"0\" is out of range; allowed: a number from 1 to 10000000"},
    {"NumberIsTooLarge", "max_sessions: 10000001\n",
     "a.yaml:1: max_sessions: \"10000001\" is out of range; allowed: a number from 1 to 10000000"},
    {"NumberOverflows", "max_sessions: 99999999999999999999\n",
     "a.yaml:1: max_sessions: \"99999999999999999999\" is out of range; allowed: a number from 1 "
     "to 10000000"},
    {"DurationWithoutUnit", "retention: 15\n",
     "a.yaml:1: retention: \"15\" is not a duration; allowed: a duration such as 500ms, 10s, 15m "
     "or 1h30m, from 0s to 7d"},
    {"DurationIsTooLong", "retention: 8d\n",
     "a.yaml:1: retention: \"8d\" is out of range; allowed: a duration such as 500ms, 10s, 15m or "
     "1h30m, from 0s to 7d"},
    {"WordIsNotInTheSet", "log_level: loud\n",
     "a.yaml:1: log_level: \"loud\" is not a known value; allowed: debug, info, warn, error"},
    {"ListIsAValue", "listen: 127.0.0.1:80\n",
     "a.yaml:1: listen: expected a list, found a single value; allowed: a list of at least one of: "
     "ADDRESS:PORT such as 127.0.0.1:11701, [::1]:11701, or :11701 for all addresses; or systemd"},
    {"ListIsEmpty", "listen: []\n",
     "a.yaml:1: listen: the list is empty; allowed: a list of at least one of: ADDRESS:PORT such "
     "as 127.0.0.1:11701, [::1]:11701, or :11701 for all addresses; or systemd"},
    {"ItemIsBad", "listen:\n  - 127.0.0.1:80\n  - localhost:80\n",
     "a.yaml:3: listen: \"localhost:80\" is not an address with a port; allowed: a list of at "
     "least one of: "
     "ADDRESS:PORT such as 127.0.0.1:11701, [::1]:11701, or :11701 for all addresses; or systemd"},
    {"ItemHasNoPort", "listen: ['127.0.0.1:0']\n",
     "a.yaml:1: listen: \"127.0.0.1:0\" needs a port from 1 to 65535; allowed: a list of at least "
     "one of: "
     "ADDRESS:PORT such as 127.0.0.1:11701, [::1]:11701, or :11701 for all addresses; or systemd"},
    {"ItemIsAList", "session_labels: [[user]]\n",
     "a.yaml:1: session_labels: expected a single value, found a list; allowed: a list of any of: "
     "ifname, user, peer_address, ipparam, role"},
    {"ItemTwice", "session_labels:\n- user\n- role\n- user\n",
     "a.yaml:4: session_labels: \"user\" is in the list already; allowed: a list of any of: "
     "ifname, user, peer_address, ipparam, role"},
    {"BooleanIsAWord", "ask_kernel: yes\n",
     "a.yaml:1: ask_kernel: \"yes\" is not a boolean; allowed: true or false"},
    {"NamespaceIsARelativePath", "network_namespaces: [netns/blue]\n",
     "a.yaml:1: network_namespaces: \"netns/blue\" does not start with /; allowed: a list of any "
     "of: a name such as blue for /run/netns/blue, or an absolute path such as /proc/123/ns/net"},
    {"LongValueIsCut",
     "log_level: 0123456789012345678901234567890123456789012345678901234567890123456789\n",
     "a.yaml:1: log_level: \"012345678901234567890123456789012345678901234567890123456789\"... is "
     "not a known value; allowed: debug, info, warn, error"},
    {"ValueWithAnotherLine", "log_level: \"a\\nb\"\n",
     "a.yaml:1: log_level: \"a\\nb\" is not a known value; allowed: debug, info, warn, error"},
};

INSTANTIATE_TEST_SUITE_P(Each, BadConfig, testing::ValuesIn(kBadInputs),
                         [](const auto& each) { return std::string(each.param.what); });

TEST(Config, ExpectedSessionsHaveANameAndWhatToRecognizeThemBy) {
  const Config config = parsed(
      "expected_sessions:\n"
      "  - {name: office, user: jo, netns: blue}\n"
      "  - name: lab\n"
      "    peer_address: 2001:db8::1\n"
      "    tunnel_id: 7\n");
  ExpectedSession office;
  office.name = "office";
  office.user = "jo";
  office.netns = "blue";
  ExpectedSession lab;
  lab.name = "lab";
  lab.peer_address = "2001:db8::1";
  lab.tunnel_id = 7;
  EXPECT_EQ(config.expected_sessions, (std::vector{office, lab}));
}

struct BadExpectation {
  const char* item;
  const char* complaint;
};

TEST(Config, ExpectationThatCannotBeMeantIsRefusedWithItsReason) {
  const BadExpectation bad[] = {
      {"{user: jo}", "name is missing"},
      {"{name: office}", "\"office\" gives nothing to match a session by"},
      {"{name: office, netns: blue}", "\"office\" gives nothing to match a session by"},
      {"{name: office, usr: jo}", "unknown key \"usr\"; did you mean \"user\"?"},
      {"{name: office, colour: red}", "unknown key \"colour\""},
      {"{name: office, user: ''}", "user: is empty"},
      {"{name: office, user: [jo]}", "user: expected a single value, found a list"},
      {"{name: office, user: jo, user: bo}", "\"user\" is given twice"},
      {"{name: office, tunnel_id: 0}", "tunnel_id: \"0\" is out of range"},
      {"{name: office, session_id: x}", "session_id: \"x\" is not a whole number"},
      {"{name: office, peer_address: host}", "peer_address: \"host\" is not an IP address"},
      {"office", "expected a mapping, found a single value"},
  };
  for (const BadExpectation& each : bad) {
    const auto config = parse(concat("expected_sessions:\n- ", each.item, "\n"), "a.yaml");
    ASSERT_FALSE(config) << each.item;
    const std::string wanted =
        concat("a.yaml:2: expected_sessions: ", each.complaint, "; allowed: ");
    EXPECT_TRUE(config.error().message.starts_with(wanted)) << config.error().message;
  }
}

TEST(Config, ExpectationsHaveNamesOfTheirOwn) {
  const auto config =
      parse("expected_sessions: [{name: office, user: jo}, {name: office, user: bo}]", "a.yaml");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("\"office\" is in the list already"));
}

std::string error_of(const std::string& text) {
  const auto config = parse(text, "a.yaml");
  return config ? "no error" : config.error().message;
}

TEST(Config, SuggestsTheKnownKeyNearestToAnUnknownOne) {
  EXPECT_EQ(
      error_of("\nretenton: 5m\n"),
      with_top_keys("a.yaml:2: unknown key \"retenton\"; did you mean \"retention\"?; allowed: "));
}

TEST(Config, DoesNotGuessWhatAWildKeyMeant) {
  EXPECT_EQ(error_of("frobnicate: 1\n"),
            with_top_keys("a.yaml:1: unknown key \"frobnicate\"; allowed: "));
}

TEST(Config, DoesNotKnowMergeKeys) {
  EXPECT_THAT(error_of("http: &h {threads: 5}\n<<: *h\n"), HasSubstr("unknown key"));
}

TEST(Config, RefusesAFileThatIsNoMapping) {
  EXPECT_EQ(
      error_of("just words\n"),
      with_top_keys("a.yaml:1: the file: expected a mapping, found a single value; allowed: "));
  EXPECT_EQ(error_of("- a\n"),
            with_top_keys("a.yaml:1: the file: expected a mapping, found a list; allowed: "));
}

TEST(Config, SaysWhereTheFileIsNotYaml) {
  for (const char* text : {"ring: /a\nlisten: [a\n", "ring: /a\n\tretention: 1s\n",
                           "ring: /a\nring: *nowhere\n", "ring: /a\n@\n"}) {
    EXPECT_THAT(error_of(text),
                testing::ContainsRegex("^a.yaml:[23]: not valid YAML at column [0-9]+: "))
        << text;
  }
}

TEST(Config, RefusesTextThatBelongsToNoDocument) {
  for (const char* text : {", ring: /a\n", "]\n", "ring: /a\n...\n, x\n", "}", "? ,"}) {
    EXPECT_THAT(error_of(text), StartsWith("a.yaml:")) << text;
  }
}

TEST(Config, EveryErrorIsOneLine) {
  for (const char* text :
       {"a\nb: c\n", "\"a\\nb\": c\n", "ring: \"a\\nb\"\n", "- \"\\n\"\n", "{\n", "\x01"}) {
    EXPECT_EQ(error_of(text).find('\n'), std::string::npos) << text;
  }
}

TEST(Config, EscapesBytesOfTheFileThatTheYamlParserQuotes) {
  EXPECT_THAT(error_of(std::string("ring: \"\\\0\"\n", 10)),
              EndsWith("unknown escape character: \\x00"));
}

TEST(Config, RefusesNestingThatWouldOverflowAStack) {
  EXPECT_THAT(error_of(std::string(100'000, '[')), HasSubstr("not valid YAML"));
  EXPECT_THAT(error_of(std::string(100'000, '{')), HasSubstr("not valid YAML"));
}

TEST(Config, RefusesTextThatIsTooLarge) {
  EXPECT_EQ(error_of(std::string((1 << 20) + 1, '#')), "a.yaml: larger than 1048576 bytes");
}

class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "configXXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& text) {
    const std::string path = directory_ / "agent.yaml";
    std::ofstream(path) << text;
    return path;
  }

  std::filesystem::path directory_;
};

TEST_F(ConfigFile, IsReadFromItsPath) {
  const auto config = load(write("max_sessions: 5\n"));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->max_sessions, 5U);
}

TEST_F(ConfigFile, IsNamedInItsErrors) {
  const std::string path = write("nonsense: 5\n");
  const auto config = load(path);
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, StartsWith(path + ":1: unknown key \"nonsense\""));
}

TEST_F(ConfigFile, ThatIsMissingIsReportedWithTheSystemsReason) {
  const std::string path = directory_ / "missing.yaml";
  const auto config = load(path);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message, path + ": No such file or directory");
}

TEST_F(ConfigFile, ThatIsADirectoryIsReportedAsOne) {
  const auto config = load(directory_);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message, directory_.string() + ": Is a directory");
}

TEST_F(ConfigFile, OfExactlyAMebibyteIsRead) {
  EXPECT_TRUE(load(write(std::string(1 << 20, '#'))));
}

TEST_F(ConfigFile, OverAMebibyteIsRefused) {
  const auto config = load(write(std::string((1 << 20) + 1, '#')));
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, EndsWith("agent.yaml: larger than 1048576 bytes"));
}

TEST_F(ConfigFile, WithoutAnEndIsRefused) {
  const auto config = load("/dev/zero");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message, "/dev/zero: larger than 1048576 bytes");
}

TEST_F(ConfigFile, MayBeNull) {
  EXPECT_TRUE(load("/dev/null"));
}

}  // namespace
}  // namespace pppol2tp::config
