// Puts records into the ring: see layout.h for the protocol and what it must guarantee.
//
// Cost: one shared atomic addition, one copy; a system call (FUTEX_WAKE) only for the first record
// after a pause of kWakeQuietMs on the whole host. Never waits, never fails because of a reader.
//
// One thread at a time for each Writer; any number of Writers, in any number of processes, on one
// file.
#pragma once

#include <cstdint>

#include "plugin/ring/segment.h"

namespace pppol2tp::ring {

enum class Published : std::uint8_t {
  yes,
  dropped,  // lost too many races against newer writers; counted in Control::records_dropped
};

// How a slot is written: as a restartable sequence where possible, or by the path for every
// machine. Only tests choose; both write the same bytes.
enum class WritePath : std::uint8_t { fastest, portable };

// Whether a sleeping reader is woken for a record. Statistics can wait until it next looks: they
// come so often, one by one from every session, that waking would cost both sides more than the
// statistics themselves.
enum class Wake : std::uint8_t { reader, nobody };

class Writer {
 public:
  // `segment` must be open for writing and outlive the writer.
  explicit Writer(Segment& segment, WritePath path = WritePath::fastest)
      : segment_(&segment), path_(path) {}

  // Publishes the first record.header.bytes bytes of `record`, which must be well formed.
  Published publish(const Record& record, Wake wake = Wake::reader);

 private:
  Segment* segment_;
  WritePath path_;
};

}  // namespace pppol2tp::ring
