// The pages' style sheet, served at /style.css, because the pages' Content-Security-Policy forbids
// inline styles.
#pragma once

#include <string_view>

namespace pppol2tp::pages {

std::string_view style_sheet();

}  // namespace pppol2tp::pages
