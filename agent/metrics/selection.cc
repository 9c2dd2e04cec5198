#include "agent/metrics/selection.h"

#include <array>
#include <cstddef>

#include "agent/base/quote.h"

namespace pppol2tp::metrics {
namespace {

struct ScopeName {
  std::string_view name;
  Scope scope;
};
constexpr std::array kScopes = {ScopeName{"session", Scope::session},
                                ScopeName{"tunnel", Scope::tunnel}, ScopeName{"host", Scope::host},
                                ScopeName{"agent", Scope::agent}};

template <typename Wanted>
FamilySet families_where(Wanted&& wanted) {
  FamilySet out;
  for (std::size_t i = 0; i < kFamilies.size(); ++i) out[i] = wanted(kFamilies[i]);
  return out;
}

FamilySet details() {
  FamilySet out;
#define DETAIL(name) out.set(static_cast<std::size_t>(FamilyId::name));
#include "agent/metrics/metrics.def"
  return out;
}

}  // namespace

FamilySet families_of(Detail detail) {
  const FamilySet all = families_where([&](const Family& family) {
    switch (family.scope) {
      case Scope::session:
        return detail >= Detail::sessions;
      case Scope::tunnel:
        return detail >= Detail::tunnels;
      default:
        return true;
    }
  });
  return detail == Detail::everything ? all : all & ~details();
}

Result<FamilySet> parse_families(std::string_view word) {
  for (const ScopeName& scope : kScopes) {
    if (word == scope.name) {
      return families_where([&](const Family& family) { return family.scope == scope.scope; });
    }
  }
  const bool is_beginning = word.ends_with('*');
  const std::string_view name = is_beginning ? word.substr(0, word.size() - 1) : word;
  const FamilySet found = families_where([&](const Family& family) {
    return is_beginning ? family.name.starts_with(name) : family.name == name;
  });
  if (found.none()) return fail(in_quotes(word, kQuoteLimit), " is not a metric of this agent");
  return found;
}

std::string_view allowed_families() {
  return "a metric's name, a prefix and a star (pppol2tp_session_receive_*), or one of "
         "session, tunnel, host, agent";
}

}  // namespace pppol2tp::metrics
