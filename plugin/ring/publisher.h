// Publishes one session: keeps its state, and writes the session table and publishes a record with
// every change. This is the whole interface of the writing side; pppd's plugin and the simulator
// both use it.
//
// No failure here needs handling by the caller. Without a ring the state is kept, nothing is
// published, and tick() tries to attach again; on attaching, everything known so far is published.
//
// One thread. Only the process that called open() publishes; after a fork the child is silent until
// it calls adopt_after_fork().
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "plugin/ring/events.h"
#include "plugin/ring/segment.h"
#include "plugin/ring/session_state.h"
#include "plugin/ring/session_table.h"

namespace pppol2tp::ring {

// CLOCK_BOOTTIME in nanoseconds.
std::uint64_t now_ns();

class Publisher {
 public:
  Publisher() = default;
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;
  ~Publisher();  // gives the table's slot back, and publishes no end

  // Begins to publish a session. `path` is copied; one longer than 107 characters is refused as
  // system_error. The identity may be completed later through identity(); its `instance` is chosen
  // here. Returns the result of attaching.
  SegmentStatus open(const char* path, const SessionIdentity& identity,
                     const Geometry* geometry = nullptr);

  // The same for a program that publishes many sessions: publishes into `segment`, which must be
  // open for writing and outlive the publisher. The program must check by itself whether the file
  // was replaced; tick() does nothing here.
  void open_in(Segment& segment, const SessionIdentity& identity);

  // Writable: becomes visible with the next publish.
  SessionIdentity& identity() { return state_.identity; }
  const SessionState& state() const { return state_; }

  // Puts the section into the state, writes the table and publishes the record, in this order:
  // whoever has seen the record finds a table that is at least as new. Counters and echos wake no
  // reader; everything else does.
  void publish(const OpenedSection& section);
  void publish(const PhaseSection& section);
  void publish(const LinkSection& section);
  void publish(const AccmSection& section);
  void publish(const AuthenticationSection& section);
  void publish_ipv4(const NetworkSection& section);
  void publish_ipv6(const NetworkSection& section);
  void publish(const CountersSection& section);
  void publish(const EchoSection& section);
  // Writes the table once for both. read_ns must be the present time.
  void publish(const CountersSection& counters, const EchoSection& echo);
  void publish(const AttemptsSection& section);

  // The end: also gives the table's slot back and detaches. If the file was replaced, the end goes
  // to the new one, because nobody reads the old one any more.
  void publish(const EndSection& section);

  // Call this now and then: it attaches if there was no ring, and moves to the new file if the old
  // one was replaced. Returns the present status. It asks the file system, which costs more than
  // publishing.
  SegmentStatus tick();
  // What is known without asking the file system: there is no ring, or the old one is marked as
  // replaced.
  bool needs_tick() const;

  SegmentStatus status() const { return status_; }

  // pppd detaches by a fork, and the child goes on with the session. Before the parent exits, it
  // hands over: it publishes which process has the session now, so that its own exit is not taken
  // for the session's end, and then publishes nothing more. The child adopts: it claims its own
  // slot and publishes everything again. The two calls may come in either order.
  void hand_over_to(std::uint32_t pid, std::uint64_t start_ticks);
  void adopt_after_fork(std::uint32_t pid, std::uint64_t start_ticks);

  // For any other child: nothing is published from now on.
  void silence();

 private:
  static constexpr pid_t kNobody = -1;

  void begin(const SessionIdentity& identity);
  bool owns_segment() const { return segment_ == &own_segment_; }

  template <typename Section>
  void put(EventType type, Section& place, const Section& section);
  template <typename Section>
  void say(EventType type, const Section& section);
  void write_table(std::uint64_t records, StateRange changed, std::uint64_t now_ns);
  template <typename Section>
  void write_record(EventType type, const Section& section, std::uint64_t number);
  void say_all();
  SegmentStatus attach();
  void detach();
  bool may_publish() const;

  char path_[108] = "";
  pid_t owner_ = kNobody;  // the process that publishes
  bool has_geometry_ = false;
  Geometry geometry_{};
  SegmentStatus status_ = SegmentStatus::absent;
  Segment own_segment_;
  Segment* segment_ = &own_segment_;
  SessionClaim claim_;
  SessionState state_{};
};

}  // namespace pppol2tp::ring
