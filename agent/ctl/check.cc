#include "agent/ctl/check.h"

#include <sys/utsname.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "agent/base/endpoint.h"
#include "agent/base/file.h"
#include "agent/base/quote.h"
#include "agent/config/config.h"
#include "agent/ctl/host_view.h"
#include "agent/ctl/probe.h"
#include "agent/metrics/label_text.h"

namespace pppol2tp::ctl {
namespace {

constexpr std::size_t kMaxPluginBytes = 16 << 20;
constexpr std::size_t kMaxModuleListBytes = 16 << 20;
// The marker that plugin/pppol2tp.c puts into its file, before the version.
constexpr std::string_view kPluginMark = "pppol2tp-plugin-version=";

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

bool is_loaded(const std::string& root, const std::string& module) {
  return exists(root + "/sys/module/" + module);
}

// modules.dep and modules.builtin list all modules of the running kernel.
bool can_be_loaded(const std::string& root, const std::string& module) {
  utsname kernel{};
  uname(&kernel);
  for (const char* list : {"modules.dep", "modules.builtin"}) {
    const auto text =
        read_file(concat(root, "/lib/modules/", kernel.release, "/", list), kMaxModuleListBytes);
    if (text && text->find("/" + module + ".ko") != std::string::npos) return true;
  }
  return false;
}

Finding check_module(const std::string& root, const std::string& module, const char* what_for,
                     Verdict if_missing) {
  if (is_loaded(root, module)) return {Verdict::good, concat("kernel module ", module), ""};
  if (can_be_loaded(root, module)) {
    return {Verdict::doubtful, concat("kernel module ", module, " is not loaded (", what_for, ")"),
            concat("modprobe ", module, ", and name it in /etc/modules-load.d/pppol2tp.conf")};
  }
  return {if_missing, concat("the running kernel has no module ", module, " (", what_for, ")"),
          "install a kernel that has it: Debian's linux-image-amd64, not the cloud image"};
}

Finding check_versions(const HostView& view) {
  std::size_t others = 0;
  std::string example;
  view.model().for_each_living([&](std::uint32_t, const model::Session& session) {
    const auto version = metrics::text(session.state.opened.plugin_version);
    if (version.empty() || version == PPPOL2TP_VERSION) return;
    ++others;
    example = version;
  });
  if (others == 0) return {Verdict::good, "every session runs this version of the plugin", ""};
  return {Verdict::doubtful,
          concat(others, " sessions run another version of the plugin, ", in_quotes(example, 32)),
          "nothing is lost; they get the installed version when they dial again"};
}

Finding check_probe(const std::string& address, const config::Config& config) {
  if (address == "systemd") {
    return {Verdict::doubtful,
            "the agent's socket belongs to systemd, and its address is not known here",
            "systemctl status pppol2tp-agent.socket; then ask the address that it shows: curl "
            "http://ADDRESS/-/ready"};
  }
  const auto endpoint = parse_endpoint(address);
  if (!endpoint)
    return {Verdict::bad, endpoint.error().message,
            "correct `listen` in the agent's configuration"};
  const Endpoint server = reachable(*endpoint);
  const auto status = probe(server, "/-/ready");
  if (!status && !config.web_config_file.empty()) {
    return {Verdict::doubtful,
            concat("the agent does not answer plain HTTP at ", address, "; ",
                   config.web_config_file, " may have turned TLS on"),
            concat("try: curl --insecure https://", to_text(server.address), "/-/ready")};
  }
  if (!status) {
    return {Verdict::bad,
            concat("the agent does not answer at ", address, ": ", status.error().message),
            "systemctl status pppol2tp-agent"};
  }
  if (*status == 401) {
    return {Verdict::good, concat("the agent answers at ", address, " and asks for a password"),
            ""};
  }
  if (*status != 200) {
    return {Verdict::bad, concat("the agent at ", address, " is not ready: HTTP ", *status),
            "journalctl -u pppol2tp-agent"};
  }
  return {Verdict::good, concat("the agent answers at ", address), ""};
}

}  // namespace

std::string installed_pppd_version() {
  struct Close {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
  };
  const std::unique_ptr<std::FILE, Close> pipe(
      popen("PATH=/usr/sbin:/sbin:$PATH pppd --version 2>&1", "re"));
  std::array<char, 256> line{};
  if (!pipe || std::fgets(line.data(), line.size(), pipe.get()) == nullptr) return {};
  constexpr std::string_view kBefore = "pppd version ";
  std::string_view said(line.data());
  if (!said.starts_with(kBefore)) return {};
  said.remove_prefix(kBefore.size());
  return std::string(said.substr(0, said.find_first_not_of("0123456789.")));
}

std::string plugin_version_in(std::string_view bytes) {
  const std::size_t at = bytes.find(kPluginMark);
  if (at == std::string_view::npos) return {};
  bytes.remove_prefix(at + kPluginMark.size());
  return std::string(bytes.substr(0, bytes.find('\0')));
}

std::vector<Finding> check_plugin(const CheckInput& input) {
  if (input.pppd_version.empty() && exists(input.root + "/usr/sbin/pppd")) {
    return {{Verdict::doubtful, "this user may not run pppd, so its version is not known",
             "run this check as root"}};
  }
  if (input.pppd_version.empty())
    return {{Verdict::bad, "pppd is not installed", "apt install ppp"}};
  const std::string path = concat(input.root, "/usr/lib/pppd/", input.pppd_version, "/pppol2tp.so");
  const auto bytes = read_file(path, kMaxPluginBytes);
  if (!bytes) {
    return {{Verdict::bad,
             concat("pppd ", input.pppd_version, " has no plugin: ", bytes.error().message),
             "install pppol2tp-plugin for this version of pppd"}};
  }
  const std::string version = plugin_version_in(*bytes);
  if (version.empty()) {
    return {{Verdict::bad,
             concat(path, " is not this project's plugin: sessions work, but nothing reports them"),
             "install pppol2tp-plugin; sessions that are up keep the old plugin until they dial "
             "again"}};
  }
  if (version != PPPOL2TP_VERSION) {
    return {
        {Verdict::doubtful,
         concat("plugin ", path, " has version ", version, ", this program has ", PPPOL2TP_VERSION),
         "install the same version of both packages"}};
  }
  return {{Verdict::good, concat("plugin ", version, " for pppd ", input.pppd_version), ""}};
}

std::vector<Finding> check_kernel(const CheckInput& input) {
  return {
      check_module(input.root, "l2tp_ppp", "sessions need it", Verdict::bad),
      check_module(input.root, "l2tp_netlink", "the agent needs it to see the kernel's sessions",
                   Verdict::doubtful)};  // all else works without it
}

std::vector<Finding> check_ring(const CheckInput& input) {
  const auto view = HostView::open(input.root + input.ring_path);
  if (!view) return {{Verdict::bad, view.error().message, ""}};
  std::vector<Finding> findings = {
      {Verdict::good, concat("ring ", input.ring_path, " can be read"), ""},
      check_versions(**view)};
  const ring::Control& control = (*view)->segment().control();
  if (const auto full = control.table_full.load(); full != 0) {
    findings.push_back({Verdict::doubtful, concat(full, " sessions found the session table full"),
                        "only ring records tell of them. The table's size depends on the host's "
                        "memory when the ring is made; with more memory, move the file away and "
                        "the next pppd makes a larger one"});
  }
  if (const auto dropped = control.records_dropped.load(); dropped != 0) {
    findings.push_back({Verdict::doubtful,
                        concat(dropped, " records were dropped by their writers"),
                        "their contents were taken from the session table"});
  }
  return findings;
}

std::vector<Finding> check_agent(const CheckInput& input) {
  config::Config config;
  const std::string path = input.root + input.config_path;
  std::vector<Finding> findings;
  if (exists(path)) {
    auto loaded = config::load(path);
    if (!loaded)
      return {{Verdict::bad, loaded.error().message, "correct it, then reload the agent"}};
    config = std::move(*loaded);
    findings.push_back({Verdict::good, concat("configuration ", input.config_path), ""});
  } else {
    findings.push_back({Verdict::doubtful,
                        concat("there is no configuration file ", input.config_path,
                               "; assuming an agent with the default options"),
                        "give --config if the agent's configuration is elsewhere"});
  }
  if (config.ring != input.ring_path) {
    findings.push_back({Verdict::doubtful,
                        concat("the agent reads the ring ", config.ring, ", not ", input.ring_path),
                        "give --ring, or correct `ring` in the agent's configuration"});
  }
  for (const std::string& address : config.listen) findings.push_back(check_probe(address, config));
  return findings;
}

}  // namespace pppol2tp::ctl
