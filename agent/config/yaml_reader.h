// Reads a YAML text into a struct by a table of its keys. For use inside agent/config only: it
// exposes yaml-cpp.
#pragma once

#include <algorithm>
#include <exception>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/quote.h"
#include "agent/config/nearest.h"
#include "agent/config/rules.h"
#include "agent/config/yaml_text.h"

namespace pppol2tp::config {

// Does not throw. An error comes without file and line; those of `culprit` are to be added.
template <typename Rule>
Result<void> read(const YAML::Node& node, const Rule& rule, typename Rule::Value& field,
                  YAML::Mark& culprit) {
  if (!node.IsNull()) culprit = node.Mark();  // a missing value has no position; its key has one
  if (!node.IsScalar()) return fail("expected a single value, found ", kind_of(node));
  auto value = rule.parse(node.Scalar());
  if (!value) return value.error();
  field = *std::move(value);
  return {};
}

inline Result<void> read(const YAML::Node& node, const ExpectedSessionRule& rule,
                         ExpectedSession& field, YAML::Mark& culprit) {
  culprit = node.Mark();
  if (!node.IsMap()) return fail("expected a mapping, found ", kind_of(node));
  std::set<std::string> seen;
  for (const auto& entry : node) {
    culprit = entry.first.Mark();
    if (!entry.first.IsScalar()) return fail("a key must be a word");
    const std::string& key = entry.first.Scalar();
    if (!seen.insert(key).second) return fail(in_quotes(key, kQuoteLimit), " is given twice");
    if (!entry.second.IsScalar()) {
      return fail(key, ": expected a single value, found ", kind_of(entry.second));
    }
    if (auto done = rule.set(field, key, entry.second.Scalar()); !done) return done;
  }
  culprit = node.Mark();
  return rule.check(field);
}

template <typename Item>
Result<void> read(const YAML::Node& node, const ListOf<Item>& rule,
                  typename ListOf<Item>::Value& field, YAML::Mark& culprit) {
  culprit = node.Mark();
  if (!node.IsSequence()) return fail("expected a list, found ", kind_of(node));
  if (node.size() < rule.least_items) return fail("the list is empty");
  field.clear();
  for (const YAML::Node& element : node) {
    typename Item::Value value{};
    if (auto done = read(element, Item(), value, culprit); !done) return done.error();
    const bool is_there = std::any_of(
        field.begin(), field.end(), [&](const auto& other) { return is_repetition(other, value); });
    if (is_there) {
      const std::string shown = element.IsScalar() ? element.Scalar() : element["name"].Scalar();
      return fail(in_quotes(shown, kQuoteLimit), " is in the list already");
    }
    field.push_back(std::move(value));
  }
  return {};
}

// One key of a file.
template <typename Target>
struct Row {
  std::string_view key;  // its path, with a dot for each level
  // Parses the value into its field; see read() for how it fails.
  Result<void> (*read)(const YAML::Node& node, Target& target, YAML::Mark& culprit);
  std::string (*allowed)();  // in words
};

// Walks a file's tree and fills a Target, by a table of rows. May throw yaml-cpp's exceptions for
// an inconsistent tree; see read_yaml().
template <typename Target>
class TreeReader {
 public:
  TreeReader(std::string_view file, std::span<const Row<Target>> rows) : file_(file), rows_(rows) {}

  // `section` is "" for the top level, otherwise it ends with a dot.
  Result<void> read_section(const YAML::Node& node, const std::string& section) {
    if (!node.IsDefined() || node.IsNull()) return {};
    if (!node.IsMap()) {
      return at(file_, node.Mark(),
                fail(section.empty() ? "the file" : section.substr(0, section.size() - 1),
                     ": expected a mapping, found ", kind_of(node),
                     "; allowed: ", join(keys_in(section))));
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) {
        return at(file_, entry.first.Mark(),
                  fail("a key must be a word, found ", kind_of(entry.first)));
      }
      const std::string& name = entry.first.Scalar();
      if (!seen.insert(name).second) {
        return at(file_, entry.first.Mark(), fail(section, name, ": given twice; allowed: once"));
      }
      if (auto done = read_entry(entry.first, entry.second, section, name); !done) return done;
    }
    return {};
  }

  Target take() { return std::move(target_); }

 private:
  Result<void> read_entry(const YAML::Node& key, const YAML::Node& value,
                          const std::string& section, const std::string& name) {
    const std::string path = section + name;
    if (name.find('.') != std::string::npos)
      return at(file_, key.Mark(), unknown_key(section, name));
    const auto row = find(path);
    if (row != rows_.end()) {
      YAML::Mark culprit = key.Mark();
      const auto done = row->read(value, target_, culprit);
      if (done) return {};
      const YAML::Mark& mark = value.IsNull() ? key.Mark() : culprit;
      return at(file_, mark, fail(path, ": ", done.error().message, "; allowed: ", row->allowed()));
    }
    if (!keys_in(path + ".").empty()) return read_section(value, path + ".");
    return at(file_, key.Mark(), unknown_key(section, name));
  }

  auto find(const std::string& path) const {
    return std::find_if(rows_.begin(), rows_.end(),
                        [&](const Row<Target>& row) { return row.key == path; });
  }

  Error unknown_key(const std::string& section, const std::string& name) const {
    const auto known = keys_in(section);
    const auto guess = nearest(name, known);
    std::string hint;
    if (guess) hint = concat("; did you mean ", in_quotes(section + *guess), "?");
    // As the documents name it.
    if (find(section + name) != rows_.end()) hint = concat("; write ", in_levels(name));
    return fail("unknown key ", in_quotes(section + name, kQuoteLimit), hint,
                "; allowed: ", join(known));
  }

  // "http: {threads: ...}" for "http.threads".
  static std::string in_levels(std::string_view name) {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return concat(name, ": ...");
    return concat(name.substr(0, dot), ": {", in_levels(name.substr(dot + 1)), "}");
  }

  // The names allowed in a section, each once.
  std::vector<std::string> keys_in(const std::string& section) const {
    std::vector<std::string> out;
    for (const Row<Target>& row : rows_) {
      if (!row.key.starts_with(section)) continue;
      const auto rest = row.key.substr(section.size());
      const std::string name(rest.substr(0, rest.find('.')));
      if (out.empty() || out.back() != name) out.push_back(name);
    }
    return out;
  }

  std::string_view file_;
  std::span<const Row<Target>> rows_;
  Target target_;
};

// A Target with its defaults and the values from the text. An error is one line with the file and,
// if known, the line and key; it says what is allowed there. Does not throw.
template <typename Target>
Result<Target> read_yaml(const std::string& text, std::string_view file,
                         std::span<const Row<Target>> rows) {
  const auto tree = parse_yaml(text, file);
  if (!tree) return tree.error();
  try {
    TreeReader<Target> reader(file, rows);
    if (auto done = reader.read_section(*tree, ""); !done) return done.error();
    return reader.take();
  } catch (const std::exception& exception) {
    return fail(file, ": ", escaped(exception.what()));
  }
}

}  // namespace pppol2tp::config
