// Records: how a session's events travel through the ring. See events.def for the list.
//
// Thread and ownership: plain data. A reader gets its own, checked copy before it looks inside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "plugin/ring/session_state.h"

namespace pppol2tp::ring {

enum class EventType : std::uint16_t {
#define EVENT(name, number, Section, member, meaning) name = number,
#include "plugin/ring/events.def"
#undef EVENT
};

// Common to all records of all versions: a reader that does not know `type` still knows which
// session the record belongs to.
struct RecordHeader {
  EventType type;
  std::uint16_t bytes;  // header and body
  std::uint16_t reserved;
  std::uint16_t has_slot;  // 1: slot and generation name the session's place in the session table
  std::uint32_t slot;
  std::uint32_t generation;
  std::uint64_t number;   // counts this session's records from 1: a gap is a loss
  std::uint64_t time_ns;  // CLOCK_BOOTTIME
  SessionIdentity identity;
};
static_assert(sizeof(RecordHeader) == 88);

inline constexpr std::size_t kMaxBodyBytes = 152;
inline constexpr std::size_t kMaxRecordBytes = sizeof(RecordHeader) + kMaxBodyBytes;
static_assert(kMaxRecordBytes == 240, "a record and the slot's own 16 bytes fill 256");

struct Record {
  RecordHeader header;
  alignas(8) std::byte body[kMaxBodyBytes];
};
static_assert(sizeof(Record) == kMaxRecordBytes);

#define EVENT(name, number, Section, member, meaning)                                       \
  static_assert(sizeof(Section) <= kMaxBodyBytes, #Section " is too large for one record"); \
  static_assert(sizeof(Section) % 8 == 0, #Section " must be a multiple of 8 bytes");
#include "plugin/ring/events.def"
#undef EVENT

constexpr const char* to_text(EventType type) {
  switch (type) {
#define EVENT(name, number, Section, member, meaning) \
  case EventType::name:                               \
    return #name;
#include "plugin/ring/events.def"
#undef EVENT
  }
  return "unknown";
}

// Puts `section` into `record` and sets its type and length; the caller fills in the rest of the
// header.
template <typename Section>
void set_body(Record& record, EventType type, const Section& section) {
  static_assert(sizeof(Section) <= kMaxBodyBytes);
  record.header.type = type;
  record.header.bytes = static_cast<std::uint16_t>(sizeof(RecordHeader) + sizeof(Section));
  std::memcpy(record.body, &section, sizeof(Section));
}

// Whether the length is possible, and not shorter than the type needs. The contents stay untrusted.
constexpr bool is_well_formed(const Record& record) {
  if (record.header.bytes < sizeof(RecordHeader) || record.header.bytes > kMaxRecordBytes) {
    return false;
  }
  const std::size_t body_bytes = record.header.bytes - sizeof(RecordHeader);
  switch (record.header.type) {
#define EVENT(name, number, Section, member, meaning) \
  case EventType::name:                               \
    return body_bytes >= sizeof(Section);
#include "plugin/ring/events.def"
#undef EVENT
  }
  return true;  // an unknown type: the reader skips it
}

// Copies the record's body into its section of `state`. False if this program does not know the
// type.
inline bool apply_body(const Record& record, SessionState& state) {
  switch (record.header.type) {
#define EVENT(name, number, Section, member, meaning)         \
  case EventType::name:                                       \
    std::memcpy(&state.member, record.body, sizeof(Section)); \
    return true;
#include "plugin/ring/events.def"
#undef EVENT
  }
  return false;
}

}  // namespace pppol2tp::ring
