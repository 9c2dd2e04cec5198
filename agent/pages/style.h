// The pages' style sheet, served at /style.css: the pages' Content-Security-Policy allows no style
// inside them.
#pragma once

#include <string_view>

namespace pppol2tp::pages {

std::string_view style_sheet();

}  // namespace pppol2tp::pages
