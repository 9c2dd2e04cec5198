// Where the kernel is asked. The model's thread hands in questions and takes answers; how long the
// kernel takes over them is not its concern. KernelLink brings them to the process that asks it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/model/kernel_facts.h"
#include "agent/model/session.h"

namespace pppol2tp::collectors {

struct KernelQuestions {
  std::vector<model::TunnelIds> tunnels;
  std::vector<model::SessionIds> sessions;

  // Namespaces with sessions whose interfaces only the kernel knows. To be found in its own time.
  std::vector<std::uint64_t> nameless;

  bool is_empty() const { return tunnels.empty() && sessions.empty(); }
};

struct KernelAnswers {
  // Asked for, or come upon by a notification or a walk. No fact: there is none.
  struct OfTunnel {
    model::TunnelIds ids;
    std::optional<model::KernelTunnel> fact;
    std::uint64_t asked_ns;  // CLOCK_BOOTTIME, of before the question
  };
  struct OfSession {
    model::SessionIds ids;
    std::optional<model::KernelSession> fact;
    std::uint64_t asked_ns;
  };
  // Which interface a session has.
  struct OfInterface {
    model::SessionIds ids;
    std::string name;
  };
  // What addresses a PPP interface has now; none when it is gone.
  struct OfLink {
    model::LinkIds ids;
    model::LinkAddresses addresses;
  };
  struct Namespace {
    std::uint64_t inode;  // 0 while it is not there
    std::string problem;  // empty: its kernel tables can be asked about

    friend bool operator==(const Namespace&, const Namespace&) = default;
  };
  using EthernetSessions = std::unordered_map<model::TunnelIds, std::uint32_t>;

  std::vector<OfTunnel> tunnels;
  std::vector<OfSession> sessions;
  std::vector<OfInterface> interfaces;
  std::vector<OfLink> links;
  std::vector<Namespace> namespaces;  // all that are watched, as of now
  // Of the latest walk over all sessions of all namespaces, if one has ended since the last take().
  std::optional<EthernetSessions> ethernet_sessions;
  // How long the questions took that were answered last, and how many they were; 0 while none were.
  std::uint64_t batch_cost_ns = 0;
  std::size_t batch_size = 0;
  bool has_ended_links = false;  // a PPP interface of a watched namespace has gone
};

class KernelDesk {
 public:
  virtual ~KernelDesk() = default;

  // Whether what was asked last has been answered.
  virtual bool is_idle() const = 0;

  // To be called when idle.
  virtual void ask(KernelQuestions questions) = 0;

  // What has come in since the last call.
  virtual KernelAnswers take() = 0;
};

}  // namespace pppol2tp::collectors
