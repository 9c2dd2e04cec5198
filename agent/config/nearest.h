// Finds the word that somebody most likely meant by `word`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pppol2tp::config {

// The known word with the fewest edits from `word`, if they are at most a third of its length. An
// edit inserts, removes or replaces a character, or swaps two neighbours.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace pppol2tp::config
