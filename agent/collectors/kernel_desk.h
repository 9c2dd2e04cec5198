// Questions to the kernel, and its answers. The model's thread hands in questions and takes
// answers, and never waits for the kernel. KernelLink passes them to the process that asks.
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

  // Namespaces with sessions whose interfaces only the kernel knows. Answered when there is time.
  std::vector<std::uint64_t> nameless;

  bool is_empty() const { return tunnels.empty() && sessions.empty(); }
};

struct KernelAnswers {
  // Answers to questions, and finds of notifications and walks. No fact: the kernel has no such
  // thing.
  struct OfTunnel {
    model::TunnelIds ids;
    std::optional<model::KernelTunnel> fact;
    std::uint64_t asked_ns;  // CLOCK_BOOTTIME, taken before the question
  };
  struct OfSession {
    model::SessionIds ids;
    std::optional<model::KernelSession> fact;
    std::uint64_t asked_ns;
  };
  // The interface of a session.
  struct OfInterface {
    model::SessionIds ids;
    std::string name;
  };
  // The current addresses of a PPP interface; none if it is gone.
  struct OfLink {
    model::LinkIds ids;
    model::LinkAddresses addresses;
  };
  struct Namespace {
    std::uint64_t inode;  // 0 while it does not exist
    std::string problem;  // empty: questions about it can be answered

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
  // The duration and number of the questions answered last; 0 if there were none.
  std::uint64_t batch_cost_ns = 0;
  std::size_t batch_size = 0;
  bool has_ended_links = false;  // a PPP interface of a watched namespace has gone
};

class KernelDesk {
 public:
  virtual ~KernelDesk() = default;

  // Whether the latest questions have been answered.
  virtual bool is_idle() const = 0;

  // Call only when idle.
  virtual void ask(KernelQuestions questions) = 0;

  // All answers since the last call.
  virtual KernelAnswers take() = 0;
};

}  // namespace pppol2tp::collectors
