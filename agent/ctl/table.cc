#include "agent/ctl/table.h"

#include <algorithm>
#include <cctype>

namespace pppol2tp::ctl {
namespace {

constexpr std::size_t kGap = 2;

void append_cell(std::string& line, const std::string& cell, std::size_t width, bool right) {
  if (!line.empty()) line.append(kGap, ' ');
  const std::size_t padding = width - cell.size();
  if (right) line.append(padding, ' ');
  line += cell;
  if (!right) line.append(padding, ' ');
}

void append_line(std::string& out, std::string line) {
  line.resize(line.find_last_not_of(' ') + 1);
  out += line;
  out += '\n';
}

std::string title_of(const Field& field) {
  std::string title = field.name;
  for (char& c : title) c = c == '_' ? ' ' : static_cast<char>(std::toupper(c));
  for (const std::string_view suffix : {" TOTAL", " SECONDS"}) {
    if (title.ends_with(suffix)) title.resize(title.size() - suffix.size());
  }
  return title;
}

}  // namespace

std::string cut_lines(const std::string& text, std::size_t width) {
  std::string out;
  std::size_t column = 0;
  for (const char c : text) {
    column = c == '\n' ? 0 : column + 1;
    if (column <= width) out += c;
  }
  return out;
}

std::string table(const std::vector<Column>& columns,
                  const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const Column& column : columns) widths.push_back(column.title.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    append_cell(line, columns[i].title, widths[i], columns[i].right);
  }
  append_line(out, line);
  for (const auto& row : rows) {
    line.clear();
    for (std::size_t i = 0; i < row.size(); ++i) {
      append_cell(line, row[i], widths[i], columns[i].right);
    }
    append_line(out, line);
  }
  return out;
}

std::string session_table(const std::vector<const model::Session*>& sessions,
                          const std::vector<const Field*>& columns, const Moment& moment) {
  std::vector<Column> titles;
  for (const Field* field : columns) titles.push_back({title_of(*field)});
  std::vector<std::vector<std::string>> rows;
  for (const auto* session : sessions) {
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Value value = columns[i]->of(*session, moment);
      if (std::holds_alternative<metrics::Number>(value)) titles[i].right = true;
      row.push_back(shown(*columns[i], value, moment));
    }
  }
  return table(titles, rows);
}

}  // namespace pppol2tp::ctl
