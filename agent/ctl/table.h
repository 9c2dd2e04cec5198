// Rows of text in aligned columns, as ss(8) and ip(8) print them.
#pragma once

#include <string>
#include <vector>

#include "agent/ctl/fields.h"

namespace pppol2tp::ctl {

// `text` with each of its lines cut at `width` characters.
std::string cut_lines(const std::string& text, std::size_t width);

struct Column {
  std::string title;
  bool right = false;  // numbers are aligned to the right
};

// One line each, the titles first; a column is as wide as its widest cell. Cells are ASCII.
std::string table(const std::vector<Column>& columns,
                  const std::vector<std::vector<std::string>>& rows);

// The sessions as a table with the named fields as columns.
std::string session_table(const std::vector<const model::Session*>& sessions,
                          const std::vector<const Field*>& columns, const Moment& moment);

}  // namespace pppol2tp::ctl
