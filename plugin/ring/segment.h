// The shared file: created or found, checked and mapped. This file deals with its name, owner and
// size; layout.h says what its bytes mean.
//
// Writers create the file if it is absent. A temporary file is allocated, filled and given its
// directory's group, and then linked to its name. So a file under this name is always whole. Of two
// creators at once, one links its file, and the other attaches to that; normally they take turns,
// by a lock file beside the ring that is there only meanwhile (or left by one that was killed,
// which does no harm). The directory is never created.
//
// The geometry is read once, checked against the file's size, and kept in private memory; the
// shared copy is not trusted afterwards.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "plugin/ring/layout.h"

namespace pppol2tp::ring {

inline constexpr const char kDefaultPath[] = "/run/pppol2tp/ring";

// X(name, text for operators)
#define PPPOL2TP_SEGMENT_STATUSES(X)                                         \
  X(attached, "attached")                                                    \
  X(absent, "no such file")                                                  \
  X(being_made, "another process is making it")                              \
  X(no_directory, "its directory does not exist")                            \
  X(not_permitted, "permission denied")                                      \
  X(not_a_file, "not a regular file")                                        \
  X(wrong_owner, "file or directory belongs to another user")                \
  X(wrong_mode, "file or directory may be written by others than its owner") \
  X(many_names, "has other names besides this one (hard links)")             \
  X(too_short, "shorter than its header says")                               \
  X(not_ready, "its header is not complete")                                 \
  X(wrong_major, "of a file format that this version does not know")         \
  X(bad_geometry, "its header makes no sense")                               \
  X(no_space, "no space left for it")                                        \
  X(system_error, "system call failed")

enum class SegmentStatus : std::uint8_t {
#define X(name, text) name,
  PPPOL2TP_SEGMENT_STATUSES(X)
#undef X
};

const char* to_text(SegmentStatus status);

// The geometry that a creator takes by default on a host with this much memory.
constexpr Geometry default_geometry(std::uint64_t memory_bytes) {
  return memory_bytes >= kLargeGeometryMemoryBytes ? kLargeGeometry : kSmallGeometry;
}

// Owns one mapping. Not thread-safe; movable. Never throws, allocates nothing on the heap.
class Segment {
 public:
  enum class Access : std::uint8_t { read, read_write };

  Segment() = default;
  Segment(Segment&& other) noexcept;
  Segment& operator=(Segment&& other) noexcept;
  ~Segment();

  // For writers: attaches to the file, and creates it if it is absent. `wanted` is used for
  // creation only; nullptr means default_geometry of this host. The file and its directory must
  // belong to this process' effective user and be writable by nobody else; neither may be a
  // symbolic link, and the file may have no other name. After system_error, errno says more.
  SegmentStatus open_for_writing(const char* path, const Geometry* wanted = nullptr);

  // For readers: attaches read-only. `absent` is not an error for them: they try again later.
  SegmentStatus open_for_reading(const char* path);

  // Attaches to memory that the caller owns (tests, fuzzers, model checks). It must stay valid, be
  // page-aligned, and outlive the segment.
  SegmentStatus open_over(void* bytes, std::size_t size);

  // Writes a valid, empty header into `bytes` (zeroed, at least file_bytes(geometry)).
  static void format(void* bytes, Geometry geometry, std::uint64_t epoch);
  static std::uint64_t file_bytes(Geometry geometry);

  void close();

  bool is_open() const { return base_ != nullptr; }
  std::uint64_t epoch() const { return epoch_; }
  Geometry geometry() const { return geometry_; }

  // Whether the mapped file is out of use: it was marked as retired, or its name now belongs to
  // another file or none. Each call makes a stat(2); not for hot paths.
  bool is_replaced(const char* path) const;
  bool is_retired() const;  // only the mark, which is in memory

  const Info& info() const;
  Control& control() const;
  RecordSlot& record_slot(std::uint64_t ticket) const;   // the slot ticket mod record_slots
  SessionSlot& session_slot(std::uint32_t index) const;  // index < session_slots

 private:
  SegmentStatus map(int descriptor, Access access);
  SegmentStatus adopt(void* bytes, std::size_t size, bool owned);

  std::byte* base_ = nullptr;
  std::size_t size_ = 0;
  bool owned_ = false;     // unmap at close
  bool gave_way_ = false;  // once, to another process that was making the file
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::uint64_t epoch_ = 0;
  Geometry geometry_{};
  std::uint64_t sessions_offset_ = 0;
};

// Inline, because every publish uses them.
inline Control& Segment::control() const {
  return *reinterpret_cast<Control*>(base_ + kControlOffset);
}

inline RecordSlot& Segment::record_slot(std::uint64_t ticket) const {
  const std::uint64_t index = ticket & (geometry_.record_slots - 1);
  return *reinterpret_cast<RecordSlot*>(base_ + kRecordsOffset + index * sizeof(RecordSlot));
}

inline SessionSlot& Segment::session_slot(std::uint32_t index) const {
  return *reinterpret_cast<SessionSlot*>(base_ + sessions_offset_ + index * kSessionStride);
}

}  // namespace pppol2tp::ring
