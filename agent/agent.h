// The daemon: who owns what, and on which thread.
//
//   loop thread (whoever calls run)   model, collectors, checkpoints, configuration
//   waiter thread                     sleeps on the ring's futex, posts to the loop
//   HTTP threads                      ask the loop for an immutable snapshot and render it
//   a thread for each checkpoint      writes a snapshot to the state file
//
// and a process of its own that asks the kernel (collectors/kernel_process.h).
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/event_loop.h"
#include "agent/base/guarded.h"
#include "agent/base/result.h"
#include "agent/base/service_manager.h"
#include "agent/checkpointer.h"
#include "agent/collector_runner.h"
#include "agent/collectors/kernel_link.h"
#include "agent/collectors/kernel_process.h"
#include "agent/collectors/kernel_witness.h"
#include "agent/collectors/link_watch.h"
#include "agent/collectors/liveness.h"
#include "agent/collectors/netns_names.h"
#include "agent/collectors/ring_tail.h"
#include "agent/collectors/ring_waiter.h"
#include "agent/config/config.h"
#include "agent/http/gate.h"
#include "agent/http/server.h"
#include "agent/metrics/exposition.h"
#include "agent/metrics/facts.h"
#include "agent/model/model.h"

namespace pppol2tp {

class Agent {
 public:
  // Whether an agent could start with this configuration, as far as files can tell: reads the web
  // configuration, and the certificates and keys that it names.
  static Result<void> check(const config::Config& config);

  // Restores the state file and begins to listen. `config_path` is the file that a reload reads;
  // empty: there is nothing to reload. Without `kernel` the kernel is not asked.
  static Result<std::unique_ptr<Agent>> create(config::Config config, std::string config_path,
                                               std::optional<collectors::KernelProcess> kernel);
  ~Agent();

  // Serves until SIGTERM or SIGINT, then writes the state file.
  Result<void> run();

 private:
  // Everything that a scrape or a page shows, from one moment.
  struct Picture {
    model::Snapshot snapshot;
    metrics::AgentFacts facts;
  };

  Agent(config::Config config, std::string config_path,
        std::optional<collectors::KernelProcess> kernel, std::unique_ptr<EventLoop> loop);
  Result<void> prepare();
  void add_routes();
  std::string addresses() const;

  // Call on the loop's thread.
  void tick();
  void tell_of_ring();
  void follow_ring();
  void hear_of_links();
  void hear_of_kernel();
  void tell_of_kernel();
  void look_soon();
  void adjust_realtime_offset();
  void reload_on_signal();
  Result<void> reload();
  Result<config::Config> load_and_apply_web();
  void apply_reloadable_options();
  Picture picture();
  metrics::AgentFacts agent_facts() const;

  // Call on an HTTP thread. Empty if the loop does not answer in time.
  std::optional<Picture> ask_for_picture();
  void answer_metrics(const http::Request& request, http::ResponseWriter& response);
  void answer_landing_page(http::ResponseWriter& response);
  void answer_reload(http::ResponseWriter& response);

  config::Config config_;
  std::string config_path_;
  std::unique_ptr<EventLoop> loop_;
  collectors::NetnsNames netns_names_;
  model::Model model_;
  collectors::RingTail tail_;
  collectors::LinkWatch links_;
  collectors::Liveness liveness_{tail_};
  std::optional<collectors::KernelProcess> kernel_process_;  // nullopt: the kernel is not asked
  std::optional<collectors::KernelLink> kernel_;
  std::optional<collectors::KernelWitness> kernel_witness_;
  CollectorRunner collectors_;
  Checkpointer checkpointer_;
  http::Server server_;
  http::RateLimiter reload_limiter_;
  ServiceManager service_manager_;
  std::atomic<bool> is_ready_ = false;
  bool config_success_ = true;
  bool follow_timer_is_set_ = false;
  bool look_timer_is_set_ = false;
  Guarded<metrics::FamilySet> shown_families_;  // HTTP threads read it
  metrics::Exposition exposition_;
  std::int64_t realtime_offset_ns_ = 0;
  std::uint64_t last_checkpoint_ns_ = 0;
  std::optional<std::uint64_t> told_ring_;  // the logged ring's epoch; 0: "no ring"
  Watch signals_;
  Watch links_watch_;
  Watch kernel_watch_;
  Timer tick_timer_;
  Timer follow_timer_;
  Timer look_timer_;
  std::optional<collectors::RingWaiter> waiter_;  // last: its thread posts to the loop above
};

}  // namespace pppol2tp
