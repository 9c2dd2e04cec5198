#include "agent/agent.h"

#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include "agent/base/clock.h"
#include "agent/base/log.h"
#include "agent/config/options.h"
#include "agent/config_meaning.h"

namespace pppol2tp {
namespace {

using namespace std::chrono_literals;

// How often the collectors run: a pppd's death without a report is seen no later than this.
constexpr auto kTickInterval = 1s;
// While records arrive, they are read at this interval, without a wake-up for each.
constexpr auto kFollowInterval = 5ms;
// Reloads asked for over HTTP, by whoever can reach the agent: each keeps the loop busy and logs a
// line. A few in a row, then one a second.
constexpr config::RateLimit kReloadLimit{1s, 5};
// Times of day are computed anew only if NTP has moved the wall clock by more than this. Until then
// their text stays the same, so that caches stay valid.
constexpr std::int64_t kClockStepNs = 500'000'000;

std::uint64_t boottime_ns() {
  return static_cast<std::uint64_t>(system_clock().boottime().count());
}

// The settings in the configured web configuration file; the defaults if none is configured.
Result<config::WebConfig> load_web(const config::Config& config) {
  if (config.web_config_file.empty()) return config::WebConfig();
  return config::load_web(config.web_config_file);
}

}  // namespace

Agent::Agent(config::Config config, std::string config_path,
             std::optional<collectors::KernelProcess> kernel, std::unique_ptr<EventLoop> loop)
    : config_(std::move(config)),
      config_path_(std::move(config_path)),
      loop_(std::move(loop)),
      netns_names_(config_.network_namespaces),
      model_(limits_of(config_),
             [this](std::uint64_t inode) { return netns_names_.name_of(inode); }),
      tail_(config_.ring),
      kernel_process_(std::move(kernel)),
      collectors_({&tail_, &links_, &liveness_}),
      checkpointer_(config_.state_file),
      server_({config_.listen, config_.http.threads, config_.http.request_timeout}),
      reload_limiter_(kReloadLimit, system_clock().monotonic()),
      shown_families_(families_of(config_.metrics)),
      exposition_(names_of(config_.session_labels)) {
  apply_reloadable_options();
  if (!kernel_process_) return;
  kernel_.emplace(kernel_process_->take_link());
  kernel_witness_.emplace(*kernel_);
  collectors_.add(*kernel_witness_);
}

Agent::~Agent() {
  server_.stop();
}

Result<void> Agent::check(const config::Config& config) {
  const auto web = load_web(config);
  if (!web) return web.error();
  const auto checked = http::Server::check_web(*web);
  return checked ? checked : checked.error().within(config.web_config_file);
}

Result<std::unique_ptr<Agent>> Agent::create(config::Config config, std::string config_path,
                                             std::optional<collectors::KernelProcess> kernel) {
  auto loop = EventLoop::create();
  if (!loop) return loop.error();
  std::unique_ptr<Agent> agent(
      new Agent(std::move(config), std::move(config_path), std::move(kernel), std::move(*loop)));
  if (const auto prepared = agent->prepare(); !prepared) return prepared.error();
  return agent;
}

Result<void> Agent::prepare() {
  auto manager = ServiceManager::from_environment();
  if (!manager) return manager.error();
  service_manager_ = std::move(*manager);

  auto signals = loop_->watch_signals({SIGTERM, SIGINT, SIGHUP}, [this](int signal_number) {
    if (signal_number != SIGHUP) return loop_->stop();
    reload_on_signal();
  });
  if (!signals) return signals.error();
  signals_ = std::move(*signals);

  auto tick_timer = loop_->make_timer([this] { tick(); });
  if (!tick_timer) return tick_timer.error();
  tick_timer_ = std::move(*tick_timer);
  auto follow_timer = loop_->make_timer([this] { follow_ring(); });
  if (!follow_timer) return follow_timer.error();
  follow_timer_ = std::move(*follow_timer);

  auto look_timer = loop_->make_timer([this] {
    look_timer_is_set_ = false;
    collectors_.run(model_, boottime_ns());
  });
  if (!look_timer) return look_timer.error();
  look_timer_ = std::move(*look_timer);

  if (links_.descriptor() >= 0) {  // without it, a death is seen at the next tick
    auto watch =
        loop_->watch(links_.descriptor(), EPOLLIN, [this](std::uint32_t) { hear_of_links(); });
    if (!watch) return watch.error();
    links_watch_ = std::move(*watch);
  }
  if (kernel_) {
    auto watch =
        loop_->watch(kernel_->descriptor(), EPOLLIN, [this](std::uint32_t) { hear_of_kernel(); });
    if (!watch) return watch.error();
    kernel_watch_ = std::move(*watch);
  }

  add_routes();
  const auto web = load_web(config_);
  if (!web) return web.error();
  if (const auto set = server_.set_web(*web); !set) {
    return set.error().within(config_.web_config_file);
  }
  return server_.start();
}

Result<void> Agent::run() {
  checkpointer_.restore(model_, tail_);
  waiter_.emplace([this] { loop_->post([this] { follow_ring(); }); });
  tick();
  tick_timer_.start_periodic(kTickInterval);
  follow_ring();
  is_ready_ = true;
  for (const std::string& address : server_.addresses())
    log::info("listening", {{"address", address}});
  service_manager_.is_ready(concat("Listening on ", addresses()));

  if (const auto ran = loop_->run(); !ran) return ran;

  log::info("stopping");
  service_manager_.is_stopping();
  is_ready_ = false;
  waiter_.reset();
  // Requests in progress still ask the loop for a snapshot.
  std::thread stopper([this] {
    server_.stop();
    loop_->stop();
  });
  const auto ran = loop_->run();
  stopper.join();
  collectors_.run(model_, boottime_ns());
  checkpointer_.save_now(model_, tail_);
  return ran;
}

void Agent::tick() {
  const std::uint64_t now = boottime_ns();
  adjust_realtime_offset();
  collectors_.run(model_, now);
  tell_of_ring();
  model_.expire(now);
  const auto interval = std::chrono::nanoseconds(config_.checkpoint_interval).count();
  if (now - last_checkpoint_ns_ >= static_cast<std::uint64_t>(interval)) {
    checkpointer_.save(model_, tail_);
    last_checkpoint_ns_ = now;
  }
  if (!follow_timer_is_set_) follow_ring();
  service_manager_.is_alive();
}

// Logged once for each ring, and once while there is none: an operator who sees no session looks
// here first.
void Agent::tell_of_ring() {
  const std::uint64_t epoch = tail_.segment() ? tail_.segment()->epoch() : 0;
  if (told_ring_ == epoch) return;
  told_ring_ = epoch;
  log::info(epoch != 0 ? "reading the ring" : "no ring to read yet", {{"file", config_.ring}});
}

// Reads the ring; looks again soon if there were records, otherwise sleeps until a writer wakes it.
// The tick finds what wakes nobody: statistics, and a record that its writer commits late.
void Agent::follow_ring() {
  const bool found = tail_.drain(model_) != 0;
  follow_timer_is_set_ = found;
  if (found) {
    follow_timer_.start_once(kFollowInterval);
  } else if (tail_.segment()) {
    waiter_->arm(tail_.segment(), tail_.position().next);
  }
}

// When an interface disappears, a session has ended: look at once instead of at the next tick. The
// same if a message was missed. If a thousand interfaces disappear within a second, one look finds
// the ends of many.
void Agent::hear_of_links() {
  const auto heard = links_.collect(model_, boottime_ns());
  if (!heard || links_.take_ended_links() != 0) look_soon();
}

void Agent::look_soon() {
  if (std::exchange(look_timer_is_set_, true)) return;
  look_timer_.start_once(collectors_.rest_left());
}

void Agent::hear_of_kernel() {
  const bool is_news = kernel_->receive();
  if (!kernel_->is_open()) kernel_watch_.end();
  if (is_news) tell_of_kernel();
}

// The model gets the kernel's notifications and answers at once.
void Agent::tell_of_kernel() {
  static_cast<void>(kernel_witness_->collect(model_, boottime_ns()));  // the runner reports it
  if (kernel_witness_->take_ended_links()) look_soon();
}

void Agent::adjust_realtime_offset() {
  const std::int64_t offset = (system_clock().realtime() - system_clock().boottime()).count();
  if (std::abs(offset - realtime_offset_ns_) > kClockStepNs) realtime_offset_ns_ = offset;
}

std::string Agent::addresses() const {
  std::string all;
  for (const std::string& address : server_.addresses()) {
    all += concat(all.empty() ? "" : ", ", address);
  }
  return all;
}

void Agent::reload_on_signal() {
  service_manager_.is_reloading();
  const auto reloaded = reload();
  service_manager_.is_ready(
      concat("Listening on ", addresses(), reloaded ? "" : "; the configuration file was refused"));
}

Result<void> Agent::reload() {
  if (config_path_.empty()) {
    const Error nothing =
        fail("there is no configuration file: the agent was started without --config");
    log::warn("configuration not reloaded", {{"reason", nothing.message}});
    return nothing;
  }
  auto fresh = load_and_apply_web();
  config_success_ = fresh.has_value();
  if (!fresh) {
    log::error("configuration not reloaded; the old one stays",
               {{"reason", fresh.error().message}});
    return fresh.error();
  }
  for (const config::Difference& difference : config::differences(config_, *fresh)) {
    log::info(difference.change == config::Change::reload ? "option changed"
                                                          : "option changes at the next restart",
              {{"key", difference.key}, {"from", difference.before}, {"to", difference.after}});
  }
  config::take_reloadable(config_, *fresh);
  apply_reloadable_options();
  log::info("configuration reloaded");
  return {};
}

// The web configuration is applied last, so a bad one changes nothing.
Result<config::Config> Agent::load_and_apply_web() {
  auto fresh = config::load(config_path_);
  if (!fresh) return fresh;
  const auto web = load_web(*fresh);
  if (!web) return web.error();
  if (const auto set = server_.set_web(*web); !set) {
    return set.error().within(fresh->web_config_file);
  }
  return fresh;
}

void Agent::apply_reloadable_options() {
  model_.set_limits(limits_of(config_));
  *shown_families_.lock() = families_of(config_.metrics);
  model_.set_expected(expected_of(config_));
  log::set_level(config_.log_level);
}

Agent::Picture Agent::picture() {
  tail_.drain(model_);
  return {model_.snapshot(boottime_ns(), realtime_offset_ns_), agent_facts()};
}

metrics::AgentFacts Agent::agent_facts() const {
  metrics::AgentFacts facts;
  facts.version = PPPOL2TP_VERSION;
  facts.totals = model_.totals();
  facts.collectors = collectors_.facts();
  facts.checkpoint_success = checkpointer_.succeeded();
  facts.config_success = config_success_;
  facts.ring.counts = tail_.counts();
  facts.ring.holes = tail_.position().hole_count;
  if (const auto& segment = tail_.segment()) {
    const ring::Control& control = segment->control();
    facts.ring.attached = true;
    facts.ring.record_slots = segment->geometry().record_slots;
    facts.ring.session_slots = segment->geometry().session_slots;
    facts.ring.tickets = control.next_ticket.load(std::memory_order_relaxed);
    facts.ring.dropped = control.records_dropped.load(std::memory_order_relaxed);
    facts.ring.table_full = control.table_full.load(std::memory_order_relaxed);
  }
  return facts;
}

}  // namespace pppol2tp
