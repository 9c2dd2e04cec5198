#include "agent/config/describe.h"

#include <algorithm>
#include <cstddef>

#include "agent/config/options.h"

namespace pppol2tp::config {
namespace {

constexpr std::size_t kLineWidth = 100;

constexpr std::string_view kSampleHead =
    "Configuration of pppol2tp-agent: every option with its default. An option that is left out "
    "keeps its default, and an empty file is valid. After a change, check the file with "
    "pppol2tp-agent --config FILE --check-config.";

constexpr std::string_view kMarkdownHead =
    R"(<!-- Printed by pppol2tp-agent --print-config-docs from agent/config/options.def. Do not edit. -->
# Configuration of pppol2tp-agent

One YAML file. Every option has a default, so an empty file is valid. The file is accepted as a whole or not at all:
an unknown key, a value that is not allowed, or a key that is given twice is an error. The error names file, line and key.
`pppol2tp-agent --config FILE --check-config` checks a file. SIGHUP, or a POST to `/-/reload`, makes the agent read its
file again; if the file is bad, the error is logged and the configuration stays as it was.

Durations are numbers with the units `d`, `h`, `m`, `s` and `ms`, the larger unit first: `1h30m`.

| Option | Default | Allowed | A change takes effect | Meaning |
|---|---|---|---|---|
)";

// `text` as comment lines, at most kLineWidth long.
std::string comment(std::string_view text, std::string_view indent) {
  std::string out;
  while (!text.empty()) {
    const std::size_t room = kLineWidth - indent.size() - 2;
    std::size_t end = text.size() <= room ? text.size() : text.rfind(' ', room);
    if (end == std::string_view::npos) end = std::min(text.find(' '), text.size());
    out += concat(indent, "# ", text.substr(0, end), '\n');
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string_view effect_of(Change change) {
  return change == Change::reload ? "at a reload" : "at a restart";
}

// A cell of a Markdown table, where a bar ends the cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

}  // namespace

std::string sample() {
  const Config defaults;
  std::string out = comment(kSampleHead, "");
  std::string_view section;
  for (const Option& option : options()) {
    const std::size_t dot = option.key.find('.');
    const bool is_nested = dot != std::string_view::npos;
    const std::string_view indent = is_nested ? "  " : "";
    const std::string_view own_section = is_nested ? option.key.substr(0, dot) : std::string_view();
    out += '\n';
    if (own_section != section) out += concat(own_section, ":\n");
    section = own_section;
    out += comment(concat(option.help, " Allowed: ", option.allowed(), ". A change takes effect ",
                          effect_of(option.change), "."),
                   indent);
    out += concat(indent, is_nested ? option.key.substr(dot + 1) : option.key, ": ",
                  option.value(defaults), '\n');
  }
  return out;
}

std::string config_markdown() {
  const Config defaults;
  std::string out(kMarkdownHead);
  for (const Option& option : options()) {
    out += concat("| `", option.key, "` | `", cell(option.value(defaults)), "` | ",
                  cell(option.allowed()), " | ", effect_of(option.change), " | ", cell(option.help),
                  " |\n");
  }
  out += concat("\n## The file with all defaults\n\n```yaml\n", sample(), "```\n");
  return out;
}

}  // namespace pppol2tp::config
