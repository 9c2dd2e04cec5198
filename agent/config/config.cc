#include "agent/config/config.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <set>
#include <sstream>

#include "agent/base/file.h"
#include "agent/base/quote.h"
#include "agent/config/nearest.h"
#include "agent/config/options.h"
#include "agent/config/rules.h"

namespace pppol2tp::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxFileBytes = 1 << 20;
constexpr std::size_t kQuoteLimit = 60;

// Where in the file an error is; becomes "file:line: ".
Error at(std::string_view file, const YAML::Mark& mark, const Error& error) {
  if (mark.is_null()) return fail(file, ": ", error.message);
  return fail(file, ':', mark.line + 1, ": ", error.message);
}

Error with_allowed(std::string_view key, const Error& error, const std::string& allowed) {
  return fail(key, ": ", error.message, "; allowed: ", allowed);
}

std::string_view kind_of(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Scalar:
      return "a single value";
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Map:
      return "a mapping";
    default:
      return "nothing";
  }
}

// Throws nothing; an error comes without file and line, which are those of `culprit`.
template <typename Rule>
Result<void> read(const YAML::Node& node, const Rule& rule, typename Rule::Value& field,
                  YAML::Mark& culprit) {
  culprit = node.Mark();
  if (!node.IsScalar()) return fail("expected a single value, found ", kind_of(node));
  auto value = rule.parse(node.Scalar());
  if (!value) return value.error();
  field = *std::move(value);
  return {};
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
    if (std::find(field.begin(), field.end(), value) != field.end()) {
      return fail(in_quotes(element.Scalar(), kQuoteLimit), " is in the list already");
    }
    field.push_back(std::move(value));
  }
  return {};
}

// Reads an option's value into its field of Config.
using Read = Result<void> (*)(const YAML::Node& node, Config& config, YAML::Mark& culprit);

struct Reader {
  std::string_view key;
  Read read;
};

constexpr Reader kReaders[] = {
#define OPTION(key, field, rule, change, help)                            \
  {key, [](const YAML::Node& node, Config& config, YAML::Mark& culprit) { \
     return config::read(node, rule, config.field, culprit);              \
   }},
#include "agent/config/options.def"
#undef OPTION
};

// Walks one file's tree and fills a Config.
class TreeReader {
 public:
  explicit TreeReader(std::string_view file) : file_(file) {}

  // `section` is "" for the top, else ends with a dot.
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

  Config take() { return std::move(config_); }

 private:
  Result<void> read_entry(const YAML::Node& key, const YAML::Node& value,
                          const std::string& section, const std::string& name) {
    const std::string path = section + name;
    const auto reader = std::find_if(std::begin(kReaders), std::end(kReaders),
                                     [&](const Reader& row) { return row.key == path; });
    if (reader != std::end(kReaders)) {
      YAML::Mark culprit = key.Mark();
      const auto done = reader->read(value, config_, culprit);
      if (done) return {};
      // A value that is not there has no place in the file; its key has.
      const YAML::Mark& mark = value.IsNull() ? key.Mark() : culprit;
      const auto& option = options()[static_cast<std::size_t>(reader - std::begin(kReaders))];
      return at(file_, mark, with_allowed(path, done.error(), option.allowed()));
    }
    if (!keys_in(path + ".").empty()) return read_section(value, path + ".");
    return at(file_, key.Mark(), unknown_key(section, name));
  }

  static Error unknown_key(const std::string& section, const std::string& name) {
    const auto known = keys_in(section);
    const auto guess = nearest(name, known);
    return fail("unknown key ", in_quotes(section + name, kQuoteLimit),
                guess ? concat("; did you mean ", in_quotes(section + *guess), "?") : "",
                "; allowed: ", join(known));
  }

  // The names that may stand in a section, each once.
  static std::vector<std::string> keys_in(const std::string& section) {
    std::vector<std::string> out;
    for (const Option& option : options()) {
      if (!option.key.starts_with(section)) continue;
      const auto rest = option.key.substr(section.size());
      const std::string name(rest.substr(0, rest.find('.')));
      if (out.empty() || out.back() != name) out.push_back(name);
    }
    return out;
  }

  static std::string join(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += concat(out.empty() ? "" : ", ", word);
    return out;
  }

  std::string_view file_;
  Config config_;
};

// Notes where a document starts, and lets everything else pass.
class DocumentStart final : public YAML::EventHandler {
 public:
  const YAML::Mark& mark() const { return mark_; }

  void OnDocumentStart(const YAML::Mark& mark) override { mark_ = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  YAML::Mark mark_;
};

// YAML::Load() ignores what follows the first document, and YAML::LoadAll() never returns when the
// text goes on with something that no document can start with, a comma say (seen in 0.7 and 0.8).
// May throw what yaml-cpp throws.
Result<void> expect_one_document(const std::string& text, std::string_view name) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStart start;
  if (parser.HandleNextDocument(start) && parser.HandleNextDocument(start)) {
    return at(name, start.mark(), fail("something follows the first YAML document; allowed: one"));
  }
  return {};
}

// May throw what yaml-cpp throws.
Result<Config> parse_tree(const std::string& text, std::string_view name) {
  if (auto single = expect_one_document(text, name); !single) return single.error();
  TreeReader reader(name);
  if (auto done = reader.read_section(YAML::Load(text), ""); !done) return done.error();
  return reader.take();
}

}  // namespace

Result<Config> parse(const std::string& text, std::string_view name) {
  if (text.size() > kMaxFileBytes) return fail(name, ": larger than ", kMaxFileBytes, " bytes");
  try {
    return parse_tree(text, name);
  } catch (const YAML::Exception& exception) {
    return at(
        name, exception.mark,
        fail("not valid YAML at column ", exception.mark.column + 1, ": ", escaped(exception.msg)));
  } catch (const std::exception& exception) {
    return fail(name, ": ", escaped(exception.what()));
  }
}

Result<Config> load(const std::string& path) {
  const auto text = read_file(path, kMaxFileBytes);
  if (!text) return text.error();
  return parse(*text, path);
}

}  // namespace pppol2tp::config
