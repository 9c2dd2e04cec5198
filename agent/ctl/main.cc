// pppol2tpctl: shows the host's sessions on a terminal, from shared memory alone. See --help.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "agent/base/output.h"
#include "agent/base/quote.h"
#include "agent/ctl/check.h"
#include "agent/ctl/events.h"
#include "agent/ctl/json.h"
#include "agent/ctl/ring_health.h"
#include "agent/ctl/table.h"
#include "agent/ctl/top.h"

namespace {

using namespace pppol2tp;
using namespace pppol2tp::ctl;

// Exit statuses as in ip(8): a failure, or nothing found; and a wrong command line.
constexpr int kTrouble = 1;
constexpr int kBadInput = 2;

constexpr char kDefaultColumns[] =
    "id,ifname,user,state,age,peer_address,remote_ipv4,receive_bytes_total,transmit_bytes_total";
// The default columns with --all, which is used to ask why sessions ended.
constexpr char kDefaultColumnsOfAll[] =
    "id,ifname,user,state,end_cause,end_time_seconds,age,peer_address,receive_bytes_total,"
    "transmit_bytes_total";

struct Flags {
  std::string ring = ring::kDefaultPath;
  std::string config = "/etc/pppol2tp/agent.yml";
  std::vector<std::string> conditions;
  std::vector<std::string> events;
  std::string columns;  // empty: the default ones
  std::string order = "id";
  std::string who;
  bool all = false;
  bool json = false;
  bool follow = false;
};

int complain(const Error& error, int status) {
  std::fprintf(stderr, "pppol2tpctl: %s\n", error.message.c_str());
  return status;
}

int print(const std::string& text) {
  const auto written = write_output(text);
  return written ? 0 : complain(written.error(), kTrouble);
}

std::vector<std::string> event_names() {
  return {
#define EVENT(name, number, Section, member, meaning) #name,
#include "plugin/ring/events.def"
#undef EVENT
  };
}

Result<std::vector<Condition>> conditions(const Flags& flags) {
  std::vector<Condition> all;
  for (const std::string& text : flags.conditions) {
    auto condition = Condition::parse(text);
    if (!condition) return condition.error();
    all.push_back(std::move(*condition));
  }
  return all;
}

int show_sessions(const Flags& flags) {
  const auto wanted = conditions(flags);
  if (!wanted) return complain(wanted.error(), kBadInput);
  const char* const by_default = flags.all ? kDefaultColumnsOfAll : kDefaultColumns;
  const auto columns = parse_columns(flags.columns.empty() ? by_default : flags.columns);
  if (!columns) return complain(columns.error(), kBadInput);
  const auto order = Order::parse(flags.order);
  if (!order) return complain(order.error(), kBadInput);
  const auto view = HostView::open(flags.ring);
  if (!view) return complain(view.error(), kTrouble);

  const Moment moment = HostView::moment();
  auto sessions = (*view)->sessions();
  std::erase_if(sessions, [&](const model::Session* session) {
    if (session->has_ended() && !flags.all) return true;
    return !std::all_of(wanted->begin(), wanted->end(), [&](const Condition& condition) {
      return condition.holds(*session, moment);
    });
  });
  order->sort(sessions, moment);
  return print(flags.json ? to_json(sessions, moment) : session_table(sessions, *columns, moment));
}

// Finds sessions by "TUNNEL/SESSION", interface or user; ended ones only if no living one
// matches.
std::vector<const model::Session*> sessions_named(const HostView& view, const std::string& name) {
  std::vector<const model::Session*> living;
  std::vector<const model::Session*> ended;
  for (const auto* session : view.sessions()) {
    for (const char* field : {"id", "ifname", "user"}) {
      const Value value = find_field(field)->of(*session, {});
      const auto* text = std::get_if<std::string>(&value);
      if (text == nullptr || *text != name) continue;
      (session->has_ended() ? ended : living).push_back(session);
      break;
    }
  }
  return living.empty() ? ended : living;
}

int show_session(const Flags& flags) {
  const auto view = HostView::open(flags.ring);
  if (!view) return complain(view.error(), kTrouble);
  const auto sessions = sessions_named(**view, flags.who);
  if (sessions.empty()) {
    const std::string who = in_quotes(flags.who, kQuoteLimit);
    return complain(fail("no session has the ids, interface or user ", who), kTrouble);
  }
  const Moment moment = HostView::moment();
  if (flags.json) return print(to_json(sessions, moment));
  std::string out;
  for (const auto* session : sessions) {
    if (!out.empty()) out += '\n';
    for (const Field& field : fields()) {
      const Value value = field.of(*session, moment);
      if (value.index() == 0) continue;
      out += concat(field.name, ": ", shown(field, value, moment), "\n");
    }
  }
  return print(out);
}

int show_events(const Flags& flags) {
  auto wanted = conditions(flags);
  if (!wanted) return complain(wanted.error(), kBadInput);
  const auto done = print_events(
      flags.ring, EventText(std::move(*wanted), flags.events, flags.json), flags.follow);
  return done ? 0 : complain(done.error(), kTrouble);
}

int show_top(const Flags& flags) {
  const auto view = HostView::open(flags.ring);
  if (!view) return complain(view.error(), kTrouble);
  const auto done = run_top(**view);
  return done ? 0 : complain(done.error(), kTrouble);
}

int show_ring(const Flags& flags) {
  const auto view = HostView::open(flags.ring);
  if (!view) return complain(view.error(), kTrouble);
  return print(ring_health(**view, flags.ring, flags.json));
}

int show_fields(const Flags&) {
  std::string out;
  for (const Field& field : fields()) {
    out += field.name;
    if (!field.meaning.empty()) out += concat("  ", field.meaning);
    out += '\n';
  }
  return print(out);
}

int run_checks(const Flags& flags) {
  const CheckInput input{"", flags.ring, flags.config, installed_pppd_version()};
  int status = 0;
  for (const auto check : {check_plugin, check_kernel, check_ring, check_agent}) {
    for (const Finding& finding : check(input)) {
      const char* const mark = finding.verdict == Verdict::good       ? "ok     "
                               : finding.verdict == Verdict::doubtful ? "warning"
                                                                      : "error  ";
      if (finding.verdict == Verdict::bad) status = kTrouble;
      std::string text = concat(mark, "  ", finding.what, "\n");
      if (!finding.advice.empty()) text += concat("         ", finding.advice, "\n");
      if (const int trouble = print(text); trouble != 0) return trouble;
    }
  }
  return status;
}

using Command = int (*)(const Flags&);

CLI::App* add(CLI::App& app, Command& chosen, const char* name, const char* help, Command command) {
  CLI::App* const sub = app.add_subcommand(name, help);
  sub->callback([&chosen, command] { chosen = command; });
  return sub;
}

void add_conditions(CLI::App& command, Flags& flags) {
  command.add_option("condition", flags.conditions,
                     "FIELD=VALUE, or with != ~ < > (see `fields`); all must be true");
}

void declare(CLI::App& app, Flags& flags, Command& chosen) {
  app.set_version_flag("--version", std::string("pppol2tpctl ") + PPPOL2TP_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--ring", flags.ring,
                 "The shared file that the plugin writes to (default /run/pppol2tp/ring)")
      ->type_name("FILE");

  auto* sessions = add(app, chosen, "sessions", "List sessions", show_sessions);
  add_conditions(*sessions, flags);
  sessions->add_flag("--all", flags.all,
                     "Include ended sessions, as far as the ring remembers them");
  sessions->add_option("--columns", flags.columns, "Fields to show, separated by commas")
      ->type_name("FIELDS");
  sessions->add_option("--sort", flags.order, "Field to sort by; -FIELD for the reverse order")
      ->type_name("FIELD");
  sessions->add_flag("--json", flags.json, "Print every field as JSON");

  auto* session =
      add(app, chosen, "session", "Show everything that is known about a session", show_session);
  session->add_option("WHO", flags.who, "TUNNEL/SESSION, interface or user")->required();
  session->add_flag("--json", flags.json, "Print as JSON");

  auto* events = add(app, chosen, "events", "Show what happened, record by record", show_events);
  add_conditions(*events, flags);
  events->add_option("--event", flags.events, "Only events of this name; may be repeated")
      ->type_name("NAME")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::IsMember(event_names()));
  events->add_flag("--follow", flags.follow, "Then wait for new events, until Ctrl-C");
  events->add_flag("--json", flags.json, "Print one JSON object for each event");

  add(app, chosen, "top", "Show the busiest sessions, refreshed every two seconds", show_top);
  auto* ring = add(app, chosen, "ring", "Show the state of the shared memory", show_ring);
  ring->add_flag("--json", flags.json, "Print as JSON");
  auto* check = add(app, chosen, "check", "Find out why sessions are not shown", run_checks);
  check
      ->add_option("--config", flags.config,
                   "The agent's configuration file (default /etc/pppol2tp/agent.yml)")
      ->type_name("FILE");
  add(app, chosen, "fields", "List the fields for columns, conditions and sorting", show_fields);
}

}  // namespace

// Out of memory: nothing is lost, and terminate() says it.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  CLI::App app("Shows the PPP-over-L2TP sessions of this host, as pppd's plugin reports them",
               "pppol2tpctl");
  Flags flags;
  Command chosen = nullptr;
  declare(app, flags, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    return app.exit(done);  // --help, --version
  } catch (const CLI::RequiredError& error) {
    const auto unknown = app.remaining();
    if (unknown.empty()) return complain(fail(error.what(), " (see --help)"), kBadInput);
    return complain(fail("no such command: ", unknown.front(), " (see --help)"), kBadInput);
  } catch (const CLI::ParseError& error) {
    return complain(fail(error.what(), " (see --help)"), kBadInput);
  }
  return chosen(flags);
}
