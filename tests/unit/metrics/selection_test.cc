#include "agent/metrics/selection.h"

#include <gtest/gtest.h>

#include <string>

namespace pppol2tp::metrics {
namespace {

bool has(const FamilySet& set, FamilyId id) {
  return set[static_cast<std::size_t>(id)];
}

FamilySet parsed(std::string_view word) {
  const auto set = parse_families(word);
  EXPECT_TRUE(set) << word;
  return set ? *set : FamilySet();
}

TEST(Families, AreSaidByTheirNames) {
  const FamilySet set = parsed("pppol2tp_session_up");
  EXPECT_EQ(set.count(), 1u);
  EXPECT_TRUE(has(set, FamilyId::session_up));
}

TEST(Families, AreSaidByTheBeginningOfTheirNames) {
  const FamilySet set = parsed("pppol2tp_session_receive_*");
  EXPECT_TRUE(has(set, FamilyId::session_receive_bytes_total));
  EXPECT_FALSE(has(set, FamilyId::session_transmit_bytes_total));
  EXPECT_FALSE(has(set, FamilyId::tunnel_receive_bytes_total));
  EXPECT_TRUE(parsed("*").all());
}

TEST(Families, AreSaidByTheirScope) {
  FamilySet all;
  for (const char* scope : {"session", "tunnel", "host", "agent"}) {
    EXPECT_TRUE((all & parsed(scope)).none()) << scope;
    all |= parsed(scope);
  }
  EXPECT_TRUE(all.all());
  EXPECT_TRUE(has(parsed("agent"), FamilyId::process_open_fds));
}

TEST(Families, ThatDoNotExistAreAnErrorThatNamesThem) {
  for (const char* word : {"", "pppol2tp_session_upp", "session_up", "pppol2tp_x*", "Session"}) {
    const auto set = parse_families(word);
    ASSERT_FALSE(set) << word;
    EXPECT_EQ(set.error().message, "\"" + std::string(word) + "\" is not a metric of this agent");
  }
}

TEST(DetailLevel, ShowsMoreAtEachStep) {
  const FamilySet totals = families_of(Detail::totals);
  const FamilySet tunnels = families_of(Detail::tunnels);
  const FamilySet sessions = families_of(Detail::sessions);
  const FamilySet everything = families_of(Detail::everything);
  EXPECT_TRUE(everything.all());
  EXPECT_EQ(totals, parsed("host") | parsed("agent"));
  EXPECT_EQ(tunnels, totals | parsed("tunnel"));
  EXPECT_EQ(sessions & tunnels, tunnels);
  EXPECT_TRUE(has(sessions, FamilyId::session_up));
  EXPECT_FALSE(has(sessions, FamilyId::session_accm)) << "a DETAIL of the table";
  EXPECT_TRUE((everything & ~sessions & ~parsed("session")).none());
}

}  // namespace
}  // namespace pppol2tp::metrics
