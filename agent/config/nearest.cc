#include "agent/config/nearest.h"

#include <algorithm>
#include <cstddef>

namespace pppol2tp::config {
namespace {

// Optimal string alignment: Levenshtein's table with one more case, over three rows.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swap) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  std::optional<std::string> best;
  std::size_t best_edits = 0;
  for (const std::string& candidate : known) {
    const std::size_t longest = candidate.size() + candidate.size() / 3 + 1;
    if (word.size() > longest) continue;
    const std::size_t edits = edits_between(word, candidate);
    if (edits > std::max<std::size_t>(1, candidate.size() / 3)) continue;
    if (!best || edits < best_edits) {
      best = candidate;
      best_edits = edits;
    }
  }
  return best;
}

}  // namespace pppol2tp::config
