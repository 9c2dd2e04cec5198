// pppol2tp-agent: only the command line.
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

#include "agent/agent.h"
#include "agent/base/capabilities.h"
#include "agent/base/log.h"
#include "agent/base/output.h"
#include "agent/collectors/kernel_process.h"
#include "agent/config/config.h"
#include "agent/config/describe.h"
#include "agent/config/manual.h"
#include "agent/config/web_config.h"
#include "agent/metrics/catalogue.h"
#include "agent/pages/events_markdown.h"

namespace {

using pppol2tp::collectors::KernelProcess;

// Exit statuses, so that a unit file or a script can tell bad input from a failure at run time.
constexpr int kTrouble = 1;
constexpr int kBadInput = 2;

struct Flags {
  std::string config_path;
  bool check_config = false;
  bool print_config = false;
  bool print_config_markdown = false;
  bool print_config_manual = false;
  bool print_web_config_markdown = false;
  bool print_metrics = false;
  bool print_events = false;
};

void declare(CLI::App& app, Flags& flags) {
  app.set_version_flag("--version", std::string("pppol2tp-agent ") + PPPOL2TP_VERSION);
  app.add_option("--config", flags.config_path,
                 "Configuration file (YAML); without it, every option has its default")
      ->type_name("FILE")
      // A script's variable that is not set must not mean the defaults.
      ->check([](const std::string& path) {
        return path.empty() ? std::string("the name of the file is empty") : std::string();
      });
  app.add_flag("--check-config", flags.check_config, "Check the file that --config names and exit");
  app.add_flag("--print-config", flags.print_config,
               "Print a configuration file with every option explained and exit");
  app.add_flag("--print-metrics", flags.print_metrics,
               "Print the table of metrics (Markdown) and exit");
  app.add_flag("--print-events", flags.print_events,
               "Print the tables of events, causes and phases (Markdown) and exit");
  app.add_flag("--print-config-docs", flags.print_config_markdown,
               "Print the table of options (Markdown) and exit");
  app.add_flag("--print-config-man", flags.print_config_manual,
               "Print the manual of the configuration file (roff) and exit");
  app.add_flag("--print-web-config-docs", flags.print_web_config_markdown,
               "Print the table of the web configuration's keys (Markdown) and exit");
}

int complain(const std::string& message, int status) {
  std::fprintf(stderr, "pppol2tp-agent: %s\n", message.c_str());
  return status;
}

int print(const std::string& text) {
  const auto written = pppol2tp::write_output(text);
  return written ? 0 : complain(written.error().message, kTrouble);
}

// A file or socket that got the number of a closed standard stream would get what is printed.
void open_standard_streams() {
  int descriptor = -1;
  do {
    descriptor = open("/dev/null", O_RDWR);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor >= 0) close(descriptor);
}

// The kernel reader must be started before this process gives up its capabilities, and that must
// happen before its first thread starts and its first socket listens.
int serve(pppol2tp::config::Config config, const std::string& config_path) {
  pppol2tp::log::set_level(config.log_level);
  std::optional<KernelProcess> kernel;
  if (config.ask_kernel) {
    auto started = KernelProcess::start(config.network_namespaces);
    if (!started) return complain(started.error().message, kTrouble);
    kernel.emplace(*std::move(started));
  }
  const auto dropped = pppol2tp::keep_capabilities(0);
  if (!dropped) return complain(dropped.error().message, kTrouble);
  auto agent = pppol2tp::Agent::create(std::move(config), config_path, std::move(kernel));
  if (!agent) return complain(agent.error().message, kTrouble);
  const auto ran = (*agent)->run();
  return ran ? 0 : complain(ran.error().message, kTrouble);
}

}  // namespace

// Out of memory while the flags are read: nothing is lost, and terminate() says it.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], KernelProcess::kMode) == 0) {
    return pppol2tp::collectors::keep_kernel_reader({argv + 2, argv + argc});
  }

  open_standard_streams();

  // One heap for all threads. With glibc's default of one each, every HTTP thread keeps the memory
  // of its largest scrape: measured at 100,000 sessions, 380 MB instead of 160.
  mallopt(M_ARENA_MAX, 1);

  CLI::App app(
      "Exports PPP-over-L2TP sessions, as pppd's plugin pppol2tp.so reports them, to Prometheus",
      "pppol2tp-agent");
  Flags flags;
  declare(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    return app.exit(done);  // --help, --version
  } catch (const CLI::ParseError& error) {
    return complain(std::string(error.what()) + " (see --help)", kBadInput);
  }

  if (flags.print_config) return print(pppol2tp::config::sample());
  if (flags.print_config_markdown) return print(pppol2tp::config::config_markdown());
  if (flags.print_config_manual) return print(pppol2tp::config::config_manual());
  if (flags.print_web_config_markdown) return print(pppol2tp::config::web_config_markdown());
  if (flags.print_metrics) return print(pppol2tp::metrics::metrics_markdown());
  if (flags.print_events) return print(pppol2tp::pages::events_markdown());

  pppol2tp::config::Config config;
  if (!flags.config_path.empty()) {
    auto loaded = pppol2tp::config::load(flags.config_path);
    if (!loaded) return complain(loaded.error().message, kBadInput);
    config = std::move(*loaded);
  }
  if (flags.check_config) {
    if (flags.config_path.empty()) {
      return complain("--check-config needs --config FILE: there is no file to check", kBadInput);
    }
    const auto checked = pppol2tp::Agent::check(config);
    return checked ? print("configuration is valid\n")
                   : complain(checked.error().message, kBadInput);
  }
  return serve(std::move(config), flags.config_path);
}
