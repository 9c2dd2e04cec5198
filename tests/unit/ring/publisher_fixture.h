// A publisher's ring, what a reader finds there, and sections to publish.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "plugin/ring/publisher.h"
#include "plugin/ring/session_table.h"
#include "tests/unit/ring/memory_ring.h"
#include "tests/unit/ring/temporary_directory.h"

namespace pppol2tp::ring::test {

inline constexpr Geometry kGeometry{256, 16};

// Values that only need to be distinct.
inline OpenedSection opened() {
  OpenedSection section{};
  section.opened_ns = 11;
  return section;
}
inline PhaseSection phase(Phase current) {
  PhaseSection section{};
  section.entered_ns = 12;
  section.current = current;
  return section;
}
inline LinkSection link() {
  return {13, 1400, 1500, 1400, 1500};
}
inline AccmSection accm() {
  return {1, 2, 1, {}};
}
inline AuthenticationSection authentication() {
  AuthenticationSection section{};
  section.finished_ns = 14;
  return section;
}
inline NetworkSection network(std::uint64_t changed_ns) {
  NetworkSection section{};
  section.changed_ns = changed_ns;
  section.up = 1;
  return section;
}
inline CountersSection counters(std::uint64_t bytes) {
  CountersSection section{};
  section.read_ns = 15;
  section.receive_bytes = bytes;
  return section;
}
inline EndSection end() {
  EndSection section{};
  section.ended_ns = 16;
  section.cause = Cause::peer_request;
  return section;
}

class PublisherTest : public testing::Test {
 protected:
  SegmentStatus open(Publisher& publisher) {
    SessionIdentity identity{};
    identity.session_id = 9;
    identity.pid = 100;
    return publisher.open(directory_.ring().c_str(), identity, &kGeometry);
  }
  void attach_reader() {
    reader_.reset();
    ASSERT_EQ(segment_.open_for_reading(directory_.ring().c_str()), SegmentStatus::attached);
    reader_.emplace(segment_);
  }
  std::vector<Record> records() { return take_all(*reader_); }
  std::vector<EventType> types() {
    std::vector<EventType> types;
    for (const Record& record : records()) types.push_back(record.header.type);
    return types;
  }
  SessionState table_state(const Record& record) {
    SessionState state{};
    EXPECT_EQ(record.header.has_slot, 1);
    const SlotReading reading = read_session(segment_, record.header.slot, state);
    EXPECT_TRUE(reading.has_state);
    EXPECT_EQ(reading.generation, record.header.generation);
    return state;
  }

  TemporaryDirectory directory_;
  Segment segment_;
  std::optional<Reader> reader_;
};

inline void publish_all(Publisher& publisher) {
  publisher.publish(opened());
  publisher.publish(phase(Phase::running));
  publisher.publish(link());
  publisher.publish(accm());
  publisher.publish(authentication());
  publisher.publish_ipv4(network(21));
  publisher.publish_ipv6(network(22));
  publisher.publish(counters(1000));
}

inline constexpr EventType kAll[] = {EventType::opened,        EventType::phase_changed,
                                     EventType::link_up,       EventType::accm_negotiated,
                                     EventType::authenticated, EventType::ipv4_changed,
                                     EventType::ipv6_changed,  EventType::counters_read};

}  // namespace pppol2tp::ring::test
