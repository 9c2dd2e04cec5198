// Pieces of HTML. Text from a peer or a file goes through append_escaped(), directly or in a cell.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace pppol2tp::pages {

// Escapes text for an element or a quoted attribute; control characters become "?".
void append_escaped(std::string& out, std::string_view raw);

// A cell of a table row. `kind` is a class of the style sheet.
void append_cell(std::string& out, std::string_view content, std::string_view kind = {});

// A table's start, before its first row, and its end. Headings and caption are not escaped.
void begin_table(std::string& out, std::string_view id, std::string_view caption,
                 std::initializer_list<std::string_view> headings);
void end_table(std::string& out);

}  // namespace pppol2tp::pages
