#include "agent/config/manual.h"

#include "agent/config/describe.h"
#include "agent/config/options.h"

namespace pppol2tp::config {
namespace {

constexpr std::string_view kBeginning =
    R"(.TH PPPOL2TP-AGENT.YML 5 2026-11-22 pppol2tp "File formats"
.SH NAME
pppol2tp-agent.yml \- configuration of pppol2tp\-agent
.SH SYNOPSIS
.I /etc/pppol2tp/agent.yml
.SH DESCRIPTION
One YAML file.
Every option has a default, so an empty file is valid.
The file is accepted as a whole or not at all: an unknown key, a value that is not allowed, or a key that is given
twice is an error.
The error names file, line and key.
.PP
.B pppol2tp\-agent \-\-config \fIFILE\fB \-\-check\-config
checks a file.
SIGHUP, or a POST to
.BR /\-/reload ,
makes the agent read its file again; if the file is bad, the error is logged and the configuration stays as it was.
.PP
Durations are numbers with the units d, h, m, s and ms, the larger unit first: 1h30m.
An option with a dot in its name belongs in the section named before the dot, as in the file below.
.SH OPTIONS
)";

constexpr std::string_view kEnd = R"(.SH SEE ALSO
.BR pppol2tp\-agent (8)
)";

// Escapes text for roff, which interprets backslashes, and quotes and dots at the start of a line.
std::string literal(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    out += c == '\\' ? std::string("\\e") : c == '-' ? std::string("\\-") : std::string(1, c);
    line_begins = c == '\n';
  }
  return out;
}

}  // namespace

std::string config_manual() {
  const Config defaults;
  std::string out(kBeginning);
  for (const Option& option : options()) {
    out += concat(".TP\n.B ", literal(option.key), "\n", literal(option.help),
                  "\n.br\nAllowed: ", literal(option.allowed()),
                  ".\n.br\nDefault: ", literal(option.value(defaults)),
                  ".\n.br\nA change takes effect at a ",
                  option.change == Change::reload ? "reload" : "restart", ".\n");
  }
  out += concat(".SH EXAMPLES\nThe file with all defaults:\n.PP\n.EX\n", literal(sample()), ".EE\n",
                kEnd);
  return out;
}

}  // namespace pppol2tp::config
