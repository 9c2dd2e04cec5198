#include "plugin/ring/publisher.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "plugin/ring/process_id.h"
#include "plugin/ring/writer.h"

namespace pppol2tp::ring {
namespace {

std::uint32_t random_instance() {
  std::uint32_t instance = 0;
  if (getrandom(&instance, sizeof instance, GRND_NONBLOCK) == sizeof instance) return instance;
  return static_cast<std::uint32_t>(now_ns() ^ static_cast<std::uint64_t>(own_pid()) << 20);
}

constexpr Wake wake_for(EventType type) {
  return type == EventType::counters_read || type == EventType::echo_measured ? Wake::nobody
                                                                              : Wake::reader;
}

// From the section `first` of `state` to the end of its section `last`.
template <typename First, typename Last>
StateRange range_of(const SessionState& state, const First& first, const Last& last) {
  const auto offset = [&state](const void* of) {
    return static_cast<std::size_t>(static_cast<const std::byte*>(of) -
                                    reinterpret_cast<const std::byte*>(&state));
  };
  return {offset(&first), offset(&last + 1)};
}

// Records are copied in steps of 16 bytes, so up to 8 bytes behind a body are copied too.
template <std::size_t kBytes>
void clear_behind(Record& record) {
  constexpr std::size_t kStep = 16;
  constexpr std::size_t kBehind = (kStep - (sizeof(RecordHeader) + kBytes) % kStep) % kStep;
  static_assert(kBytes + kBehind <= kMaxBodyBytes);
  if constexpr (kBehind != 0) std::memset(record.body + kBytes, 0, kBehind);
}

}  // namespace

std::uint64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

void Publisher::begin(const SessionIdentity& identity) {
  state_.identity = identity;
  state_.identity.instance = random_instance();
  owner_ = own_pid();
}

SegmentStatus Publisher::open(const char* path, const SessionIdentity& identity,
                              const Geometry* geometry) {
  begin(identity);
  has_geometry_ = geometry != nullptr;
  if (has_geometry_) geometry_ = *geometry;
  if (strlen(path) >= sizeof path_) {
    errno = ENAMETOOLONG;
    return status_ = SegmentStatus::system_error;
  }
  strcpy(path_, path);
  return attach();
}

void Publisher::open_in(Segment& segment, const SessionIdentity& identity) {
  begin(identity);
  segment_ = &segment;
  claim_.claim(segment);
  status_ = SegmentStatus::attached;
}

SegmentStatus Publisher::attach() {
  status_ = own_segment_.open_for_writing(path_, has_geometry_ ? &geometry_ : nullptr);
  if (status_ == SegmentStatus::attached) claim_.claim(*segment_);
  return status_;
}

// Also when silent: the process may still hold the slot. In a child of fork the slot is the
// parent's, and stays so.
Publisher::~Publisher() {
  detach();
}

// The claim goes first: the C library links its mutex to the thread's other robust mutexes, by
// pointers that must not lead into unmapped memory.
void Publisher::detach() {
  claim_.release();
  own_segment_.close();
}

bool Publisher::may_publish() const {
  return segment_->is_open() && owner_ == own_pid();
}

// Before publishing `records` more records.
void Publisher::write_table(std::uint64_t records, StateRange changed, std::uint64_t now_ns) {
  state_.records += records;
  state_.updated_ns = now_ns;
  claim_.write(state_, changed);
}

// `section` is part of state_.
template <typename Section>
void Publisher::say(EventType type, const Section& section) {
  if (!may_publish()) return;
  write_table(1, range_of(state_, section, section), now_ns());
  write_record(type, section, state_.records);
}

template <typename Section>
void Publisher::write_record(EventType type, const Section& section, std::uint64_t number) {
  Record record;
  set_body(record, type, section);
  clear_behind<sizeof section>(record);
  record.header.reserved = 0;
  record.header.has_slot = claim_.is_held() ? 1 : 0;
  record.header.slot = claim_.slot();
  record.header.generation = claim_.generation();
  record.header.number = number;
  record.header.time_ns = state_.updated_ns;
  record.header.identity = state_.identity;
  Writer(*segment_).publish(record, wake_for(type));
}

template <typename Section>
void Publisher::put(EventType type, Section& place, const Section& section) {
  place = section;
  say(type, place);
}

void Publisher::publish(const OpenedSection& section) {
  put(EventType::opened, state_.opened, section);
}

void Publisher::publish(const PhaseSection& section) {
  put(EventType::phase_changed, state_.phase, section);
}

void Publisher::publish(const LinkSection& section) {
  put(EventType::link_up, state_.link, section);
}

void Publisher::publish(const AccmSection& section) {
  put(EventType::accm_negotiated, state_.accm, section);
}

void Publisher::publish(const AuthenticationSection& section) {
  put(EventType::authenticated, state_.authentication, section);
}

void Publisher::publish_ipv4(const NetworkSection& section) {
  put(EventType::ipv4_changed, state_.ipv4, section);
}

void Publisher::publish_ipv6(const NetworkSection& section) {
  put(EventType::ipv6_changed, state_.ipv6, section);
}

void Publisher::publish(const CountersSection& section) {
  put(EventType::counters_read, state_.counters, section);
}

void Publisher::publish(const EchoSection& section) {
  put(EventType::echo_measured, state_.echo, section);
}

void Publisher::publish(const CountersSection& counters, const EchoSection& echo) {
  state_.counters = counters;
  state_.echo = echo;
  if (!may_publish()) return;
  write_table(2, range_of(state_, state_.counters, state_.echo), counters.read_ns);
  write_record(EventType::counters_read, counters, state_.records - 1);
  write_record(EventType::echo_measured, echo, state_.records);
}

void Publisher::publish(const AttemptsSection& section) {
  put(EventType::authentication_attempted, state_.attempts, section);
}

void Publisher::publish(const EndSection& section) {
  if (segment_->is_open()) tick();
  put(EventType::ended, state_.end, section);
  if (may_publish()) detach();
  silence();
}

void Publisher::say_all() {
  if (state_.opened.opened_ns != 0) say(EventType::opened, state_.opened);
  if (state_.phase.entered_ns != 0) say(EventType::phase_changed, state_.phase);
  if (state_.link.up_ns != 0) say(EventType::link_up, state_.link);
  if (state_.accm.known != 0) say(EventType::accm_negotiated, state_.accm);
  if (state_.attempts.latest_ns != 0) say(EventType::authentication_attempted, state_.attempts);
  if (state_.authentication.finished_ns != 0) say(EventType::authenticated, state_.authentication);
  if (state_.ipv4.changed_ns != 0) say(EventType::ipv4_changed, state_.ipv4);
  if (state_.ipv6.changed_ns != 0) say(EventType::ipv6_changed, state_.ipv6);
  if (state_.counters.read_ns != 0) say(EventType::counters_read, state_.counters);
  if (state_.echo.updated_ns != 0) say(EventType::echo_measured, state_.echo);
}

SegmentStatus Publisher::tick() {
  if (owner_ != own_pid() || !owns_segment()) return status_;
  if (segment_->is_open() && !segment_->is_replaced(path_)) return status_;
  if (segment_->is_open()) detach();
  if (attach() == SegmentStatus::attached) say_all();
  return status_;
}

bool Publisher::needs_tick() const {
  return !segment_->is_open() || segment_->is_retired();
}

void Publisher::hand_over_to(std::uint32_t pid, std::uint64_t start_ticks) {
  state_.identity.pid = pid;
  state_.identity.start_ticks = start_ticks;
  say(EventType::phase_changed, state_.phase);
  if (may_publish()) detach();
  silence();
}

void Publisher::adopt_after_fork(std::uint32_t pid, std::uint64_t start_ticks) {
  claim_.forget();
  owner_ = own_pid();
  state_.identity.pid = pid;
  state_.identity.start_ticks = start_ticks;
  if (!segment_->is_open()) return;
  claim_.claim(*segment_);
  say_all();
}

void Publisher::silence() {
  owner_ = kNobody;
}

}  // namespace pppol2tp::ring
