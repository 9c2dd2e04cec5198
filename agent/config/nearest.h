// The word that somebody who wrote `word` most likely meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pppol2tp::config {

// The known word that is fewest edits away from `word`, if it is near enough to be a slip: a third
// of its length. Edits are inserting, removing or replacing a character, or swapping two
// neighbours.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace pppol2tp::config
