#include "agent/pages/html.h"

#include "agent/base/concat.h"

namespace pppol2tp::pages {

void append_escaped(std::string& out, std::string_view raw) {
  for (const char c : raw) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    }
  }
}

void append_cell(std::string& out, std::string_view content, std::string_view kind) {
  out += kind.empty() ? "<td>" : concat("<td class=\"", kind, "\">");
  append_escaped(out, content);
  out += "</td>";
}

void begin_table(std::string& out, std::string_view id, std::string_view caption,
                 std::initializer_list<std::string_view> headings) {
  out += concat("<div class=\"wide\"><table id=\"", id, "\">\n<caption>", caption,
                "</caption>\n<thead><tr>");
  for (const auto heading : headings) out += concat("<th>", heading, "</th>");
  out += "</tr></thead>\n<tbody>\n";
}

void end_table(std::string& out) {
  out += "</tbody>\n</table></div>\n";
}

}  // namespace pppol2tp::pages
