#include "agent/config/describe.h"

#include <algorithm>
#include <cstddef>

#include "agent/config/options.h"

namespace pppol2tp::config {
namespace {

constexpr std::size_t kLineWidth = 100;

// `text` as comment lines of at most kLineWidth.
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
  std::string out = comment(
      "Configuration of pppol2tp-agent. All options, at their defaults; what is left out stays at "
      "its "
      "default, and an empty file is valid. Check a changed file with pppol2tp-agent "
      "--check-config.",
      "");
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
  std::string out =
      "<!-- Printed by pppol2tp-agent --print-config-docs from agent/config/options.def. Do not "
      "edit. -->\n"
      "# Configuration of pppol2tp-agent\n"
      "\n"
      "One YAML file. Every option has a default, so an empty file is valid. The file is taken as "
      "a whole "
      "or not at all:\n"
      "an unknown key, a value that is not allowed, or a key that is given twice is an error that "
      "names "
      "file, line and key.\n"
      "`pppol2tp-agent --check-config` reads a file and says whether it is right. SIGHUP or a POST "
      "to "
      "`/-/reload` reads it\n"
      "again; a bad file is reported and the configuration in force stays.\n"
      "\n"
      "Durations are numbers with the units `d`, `h`, `m`, `s` and `ms`, the larger unit first: "
      "`1h30m`.\n"
      "\n"
      "| Option | Default | Allowed | A change takes effect | Meaning |\n"
      "|---|---|---|---|---|\n";
  for (const Option& option : options()) {
    out += concat("| `", option.key, "` | `", cell(option.value(defaults)), "` | ",
                  cell(option.allowed()), " | ", effect_of(option.change), " | ", cell(option.help),
                  " |\n");
  }
  out += concat("\n## The file with all defaults\n\n```yaml\n", sample(), "```\n");
  return out;
}

}  // namespace pppol2tp::config
