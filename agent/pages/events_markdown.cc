#include "agent/pages/events_markdown.h"

#include "agent/base/concat.h"
#include "plugin/ring/events.h"

namespace pppol2tp::pages {

std::string events_markdown() {
  std::string out =
      "# Events\n\n"
      "<!-- Printed by `pppol2tp-agent --print-events` from plugin/ring/*.def. Do not edit. -->\n\n"
      "What a session publishes into the ring. Each record's body is one section of the session's "
      "state (session_state.h) and takes that section's place.\n\n"
      "| event | type | section | bytes | meaning |\n|---|---|---|---|---|\n";
#define EVENT(name, number, Section, member, meaning)                                           \
  out += concat("| `" #name "` | " #number " | `" #member "` | ", sizeof(ring::Section), " | ", \
                meaning, " |\n");
#include "plugin/ring/events.def"
#undef EVENT
  out += "\n## Causes of an end\n\n| cause | number | meaning |\n|---|---|---|\n";
#define CAUSE(name, number, meaning) out += "| `" #name "` | " #number " | " meaning " |\n";
#include "plugin/ring/causes.def"
#undef CAUSE
  out += "\n## Phases of a link\n\n| phase | number | meaning |\n|---|---|---|\n";
#define PHASE(name, number, meaning) out += "| `" #name "` | " #number " | " meaning " |\n";
#include "plugin/ring/phases.def"
#undef PHASE
  out += "\n## Authentication\n\n| protocol | number | meaning |\n|---|---|---|\n";
#define AUTHENTICATION_PROTOCOL(name, number, meaning) \
  out += "| `" #name "` | " #number " | " meaning " |\n";
#include "plugin/ring/authentication.def"
  out += "\n| direction | number | meaning |\n|---|---|---|\n";
#define AUTHENTICATION_DIRECTION(name, number, meaning) \
  out += "| `" #name "` | " #number " | " meaning " |\n";
#include "plugin/ring/authentication.def"
  out += "\n| result | number | meaning |\n|---|---|---|\n";
#define AUTHENTICATION_RESULT(name, number, meaning) \
  out += "| `" #name "` | " #number " | " meaning " |\n";
#include "plugin/ring/authentication.def"
  return out;
}

}  // namespace pppol2tp::pages
