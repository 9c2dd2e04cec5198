// One session's way to the outside: keeps its state, and with every change writes the session table
// and publishes a record. This is the whole interface of the writing side; pppd's plugin and the
// simulator both use it.
//
// Nothing here can fail in a way that a caller must handle. Without a ring the state is kept,
// nothing is published, and tick() tries to attach again; on attaching, everything known so far is
// published.
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
  ~Publisher();  // gives the table's slot back, without a last word

  // Begins to publish a session. `path` is kept (cut at 107 characters is refused as system_error).
  // The identity may be completed later through identity(); its `instance` is chosen here. Returns
  // what came of attaching.
  SegmentStatus open(const char* path, const SessionIdentity& identity,
                     const Geometry* geometry = nullptr);

  // The same for a program that speaks for many sessions at once: publishes into `segment`, which
  // must be open for writing and outlive the publisher. Whether that file was replaced is the
  // program's to watch; tick() does nothing here.
  void open_in(Segment& segment, const SessionIdentity& identity);

  // Writable: becomes visible with the next publish.
  SessionIdentity& identity() { return state_.identity; }
  const SessionState& state() const { return state_; }

  // Puts the section into the state, writes the table, publishes the record: in this order, so that
  // whoever has seen the record finds a table at least as new. Counters and echos wake no reader;
  // everything else does.
  void publish(const OpenedSection& section);
  void publish(const PhaseSection& section);
  void publish(const LinkSection& section);
  void publish(const AccmSection& section);
  void publish(const AuthenticationSection& section);
  void publish_ipv4(const NetworkSection& section);
  void publish_ipv6(const NetworkSection& section);
  void publish(const CountersSection& section);
  void publish(const EchoSection& section);
  // The table once for both, and as of read_ns, which must be now.
  void publish(const CountersSection& counters, const EchoSection& echo);
  void publish(const AttemptsSection& section);

  // The last word: also gives the table's slot back and detaches. Goes to the new file when the old
  // one was replaced: nobody reads the end of a session in a file that was left.
  void publish(const EndSection& section);

  // To be called now and then: attaches when there was no ring, moves to the new file when the old
  // one was replaced. Returns the present status. Asks the file system, which costs more than
  // publishing does.
  SegmentStatus tick();
  // What can be known without asking: there is no ring, or the old one says that it was replaced.
  bool needs_tick() const;

  SegmentStatus status() const { return status_; }

  // pppd detaches by a fork whose child carries the session on. The parent hands over, before it
  // exits: it says whose the session is now, so that nobody takes its own exit for the session's
  // end, and falls silent. The child adopts: it claims a slot of its own and says all again. In
  // either order.
  void hand_over_to(std::uint32_t pid, std::uint64_t start_ticks);
  void adopt_after_fork(std::uint32_t pid, std::uint64_t start_ticks);

  // In any other child: never publish.
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
