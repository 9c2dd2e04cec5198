// Each row of reconciliation.def, with a session of the model that the two witnesses have really
// reported.
#include "agent/model/reconciliation.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "agent/model/model.h"
#include "tests/support/records.h"

namespace pppol2tp::model {
namespace {

using ring::Phase;
using test::kSecond;
using test::SessionScript;

constexpr SessionIds kIds{4026531840, 10, 20};
constexpr std::uint64_t kLong = 100 * kSecond;

KernelSession kernel_session() {
  KernelSession session;
  session.tunnel_id = kIds.tunnel_id;
  session.session_id = kIds.session_id;
  session.is_ppp = true;
  return session;
}

// A session of which plugin and kernel have reported exactly this, at `now_ns`.
Session session_with(PluginWord plugin, KernelView kernel, std::uint64_t now_ns) {
  Model model({10, 1000 * kSecond});
  SessionScript script(kIds.tunnel_id, kIds.session_id);
  if (plugin == PluginWord::silent) {
    model.add_without_plugin(kIds, kernel_session(), now_ns);
    if (kernel == KernelView::unknown) model.forget_kernel(kIds.netns, now_ns);
  } else {
    model.apply(script.at(now_ns).opened());
    model.apply(script.phase(Phase::running));
    if (plugin == PluginWord::ended) model.apply(script.ended(ring::Cause::killed));
  }
  if (kernel == KernelView::present) model.hear_session(kIds, kernel_session(), now_ns);
  if (kernel == KernelView::absent) model.hear_session(kIds, std::nullopt, now_ns);
  return *model.find(kIds);
}

std::string row_name(const testing::TestParamInfo<Rule>& row) {
  static constexpr std::array kPlugin = {"Silent", "Speaks", "Ended"};
  static constexpr std::array kKernel = {"Unknown", "Present", "Absent"};
  return std::string("Plugin") + kPlugin.at(static_cast<std::size_t>(row.param.plugin)) + "Kernel" +
         kKernel.at(static_cast<std::size_t>(row.param.kernel));
}

class Reconciliation : public testing::TestWithParam<Rule> {};
INSTANTIATE_TEST_SUITE_P(Row, Reconciliation, testing::ValuesIn(kRules), row_name);

TEST_P(Reconciliation, VerdictIsThatOfTheRow) {
  const Rule& row = GetParam();
  const Session session = session_with(row.plugin, row.kernel, kLong);
  EXPECT_EQ(plugin_word(session), row.plugin);
  EXPECT_EQ(session.kernel, row.kernel);
  EXPECT_STREQ(to_text(verdict_on(session, kLong + kSettleNs)), to_text(row.verdict))
      << row.meaning;
}

TEST_P(Reconciliation, DisagreementHasTimeToSettle) {
  const Session session = session_with(GetParam().plugin, GetParam().kernel, kLong);
  EXPECT_EQ(verdict_on(session, kLong + kSettleNs - 1), Verdict::agree);
}

// The link cannot work without the kernel's session, whatever pppd believes.
TEST_P(Reconciliation, SessionIsUpWhenThePluginSaysSoAndTheKernelDoesNotDeny) {
  const Rule& row = GetParam();
  const Session session = session_with(row.plugin, row.kernel, kLong);
  EXPECT_EQ(session.is_up(), row.plugin == PluginWord::speaks && row.kernel != KernelView::absent);
}

}  // namespace
}  // namespace pppol2tp::model
