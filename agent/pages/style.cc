#include "agent/pages/style.h"

namespace pppol2tp::pages {

std::string_view style_sheet() {
  return R"css(body {
  font: 15px/1.5 system-ui, sans-serif;
  margin: 2rem auto;
  max-width: 85rem;
  padding: 0 1rem;
  color: #1f2430;
  background: #fff;
}
h1 { font-size: 1.4rem; margin: 0; }
p { margin: .3rem 0 1rem; }
ul { padding-left: 1.2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0 0 1.5rem; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; white-space: nowrap; }
th, td { text-align: left; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid #e3e6ec; white-space: nowrap; }
th { font-weight: 600; color: #5a6275; }
td.n { text-align: right; }
.up { color: #137a3c; }
.down { color: #b3261e; }
.busy { color: #8a6100; }
.tiles { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1rem 0; }
.tiles b { display: block; font-size: 1.5rem; }
.columns { display: flex; flex-wrap: wrap; gap: 0 4rem; }
.wide { overflow-x: auto; }
@media (prefers-color-scheme: dark) {
  body { color: #dfe3ec; background: #16181d; }
  th, td { border-color: #2d323d; }
  th { color: #9aa3b5; }
  .up { color: #5fd08a; }
  .down { color: #ff8a80; }
  .busy { color: #e6b450; }
  a { color: #8ab4ff; }
}
)css";
}

}  // namespace pppol2tp::pages
