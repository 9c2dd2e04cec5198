// The verdict on a session from what plugin and kernel say about it. The rules are in
// reconciliation.def. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "agent/model/session.h"

namespace pppol2tp::model {

enum class PluginWord : std::uint8_t { silent, speaks, ended };

enum class Verdict : std::uint8_t {
  agree,
  kernel_session_lost,
  kernel_session_left,
  without_plugin,
};
inline constexpr int kVerdictCount = 4;

// How old the kernel's answer must be before it counts as a disagreement.
inline constexpr std::uint64_t kSettleNs = 2'000'000'000;

struct Rule {
  PluginWord plugin;
  KernelView kernel;
  Verdict verdict;
  const char* meaning;
};

inline constexpr std::array kRules = {
#define RULE(plugin, kernel, verdict, meaning) \
  Rule{PluginWord::plugin, KernelView::kernel, Verdict::verdict, meaning},
#include "agent/model/reconciliation.def"
#undef RULE
};

constexpr Verdict verdict_of(PluginWord plugin, KernelView kernel) {
  for (const Rule& rule : kRules) {
    if (rule.plugin == plugin && rule.kernel == kernel) return rule.verdict;
  }
  return Verdict::agree;
}

namespace internal {

constexpr bool rules_are_complete() {
  for (const auto plugin : {PluginWord::silent, PluginWord::speaks, PluginWord::ended}) {
    for (const auto kernel : {KernelView::unknown, KernelView::present, KernelView::absent}) {
      int rows = 0;
      for (const Rule& rule : kRules) rows += rule.plugin == plugin && rule.kernel == kernel;
      if (rows != 1) return false;
    }
  }
  return true;
}

}  // namespace internal

static_assert(internal::rules_are_complete(),
              "reconciliation.def: every combination has one row, and one only");

inline PluginWord plugin_word(const Session& session) {
  if (session.is_without_plugin) return PluginWord::silent;
  return session.has_ended() ? PluginWord::ended : PluginWord::speaks;
}

// The time at which the latest report is old enough.
inline std::uint64_t settled_ns(const Session& session) {
  return std::max(session.kernel_since_ns, session.state.end.ended_ns) + kSettleNs;
}

// The verdict at `now_ns`, with the settling time applied.
inline Verdict verdict_on(const Session& session, std::uint64_t now_ns) {
  if (now_ns < settled_ns(session)) return Verdict::agree;
  return verdict_of(plugin_word(session), session.kernel);
}

constexpr const char* to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::agree:
      return "agree";
    case Verdict::kernel_session_lost:
      return "kernel_session_lost";
    case Verdict::kernel_session_left:
      return "kernel_session_left";
    case Verdict::without_plugin:
      return "without_plugin";
  }
  return "unknown";
}

}  // namespace pppol2tp::model
