#include "plugin/ring/segment.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "plugin/ring/segment_file.h"
#include "plugin/ring/slot_writer.h"

namespace pppol2tp::ring {
namespace {

using internal::Descriptor;
using internal::map_aligned;
using internal::status_of_errno;

constexpr int kMaxAttempts = 4;  // for races with others who create and remove the file

// <asm-generic/mman-common.h> from 5.14; older kernels answer EINVAL.
constexpr int kMadvPopulateRead = 22;
constexpr int kMadvPopulateWrite = 23;

struct Name {
  char directory[108];
  const char* file;
};

bool split(const char* path, Name& name) {
  const char* const slash = strrchr(path, '/');
  if (slash == nullptr || slash[1] == '\0') return false;
  const auto length = static_cast<std::size_t>(slash - path);
  if (length >= sizeof name.directory) return false;
  memcpy(name.directory, path, length);
  memcpy(name.directory + length, length == 0 ? "/" : "", length == 0 ? 2 : 1);
  name.file = slash + 1;
  return true;
}

SegmentStatus check_ownership(const struct stat& what) {
  if (what.st_uid != geteuid()) return SegmentStatus::wrong_owner;
  if ((what.st_mode & (S_IWGRP | S_IWOTH)) != 0) return SegmentStatus::wrong_mode;
  return SegmentStatus::attached;
}

// Maps all pages in one step instead of by a fault for each. Only with large pages: the page tables
// for 4 KiB pages would cost every pppd more than the faults.
void populate(void* bytes, std::size_t size, int protection) {
  if (reinterpret_cast<const Info*>(bytes)->in_huge_pages != 1) return;
  madvise(bytes, size, (protection & PROT_WRITE) != 0 ? kMadvPopulateWrite : kMadvPopulateRead);
}

// Reads a field of the shared header exactly once, so that the value used is the value checked.
template <typename Number>
Number once(const Number& shared) {
  return *const_cast<const volatile Number*>(&shared);
}

std::uint64_t round_up(std::uint64_t value, std::uint64_t step) {
  return (value + step - 1) / step * step;
}

std::uint64_t sessions_offset(Geometry geometry) {
  return kRecordsOffset + std::uint64_t{geometry.record_slots} * sizeof(RecordSlot);
}

bool is_power_of_two(std::uint32_t number) {
  return number != 0 && (number & (number - 1)) == 0;
}

bool is_sound(Geometry geometry) {
  return is_power_of_two(geometry.record_slots) && geometry.record_slots >= 16 &&
         geometry.record_slots <= kMaxRecordSlots && is_power_of_two(geometry.session_slots) &&
         geometry.session_slots <= kMaxSessionSlots;
}

Geometry geometry_of_this_host() {
  struct sysinfo host {};
  sysinfo(&host);
  return default_geometry(std::uint64_t{host.totalram} * host.mem_unit);
}

void init_owner(SessionSlot& slot) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(reinterpret_cast<pthread_mutex_t*>(slot.owner), &attributes);
  pthread_mutexattr_destroy(&attributes);
}

}  // namespace

const char* to_text(SegmentStatus status) {
  switch (status) {
#define X(name, text)       \
  case SegmentStatus::name: \
    return text;
    PPPOL2TP_SEGMENT_STATUSES(X)
#undef X
  }
  return "unknown";
}

std::uint64_t Segment::file_bytes(Geometry geometry) {
  return round_up(sessions_offset(geometry) + geometry.session_slots * kSessionStride,
                  kHugePageBytes);
}

void Segment::format(void* bytes, Geometry geometry, std::uint64_t epoch) {
  auto* const base = static_cast<std::byte*>(bytes);
  auto* const sessions = base + sessions_offset(geometry);
  for (std::uint32_t i = 0; i < geometry.session_slots; ++i) {
    init_owner(*reinterpret_cast<SessionSlot*>(sessions + i * kSessionStride));
  }
  auto* const info = static_cast<Info*>(bytes);
  info->layout_major = kLayoutMajor;
  info->layout_minor = kLayoutMinor;
  info->record_stride = sizeof(RecordSlot);
  info->session_stride = kSessionStride;
  info->record_slots = geometry.record_slots;
  info->session_slots = geometry.session_slots;
  info->records_offset = kRecordsOffset;
  info->sessions_offset = sessions_offset(geometry);
  info->file_bytes = file_bytes(geometry);
  info->epoch = epoch;
  info->magic.store(kMagic, std::memory_order_release);
}

Segment::Segment(Segment&& other) noexcept {
  *this = static_cast<Segment&&>(other);
}

Segment& Segment::operator=(Segment&& other) noexcept {
  if (this != &other) {
    close();
    base_ = other.base_;
    size_ = other.size_;
    owned_ = other.owned_;
    device_ = other.device_;
    inode_ = other.inode_;
    epoch_ = other.epoch_;
    geometry_ = other.geometry_;
    sessions_offset_ = other.sessions_offset_;
    other.base_ = nullptr;
  }
  return *this;
}

Segment::~Segment() {
  close();
}

void Segment::close() {
  if (base_ != nullptr && owned_) munmap(base_, size_);
  base_ = nullptr;
}

SegmentStatus Segment::open_over(void* bytes, std::size_t size) {
  close();
  return adopt(bytes, size, false);
}

SegmentStatus Segment::adopt(void* bytes, std::size_t size, bool owned) {
  if (size < kRecordsOffset) return SegmentStatus::too_short;
  const auto* const info = static_cast<const Info*>(bytes);
  const std::uint64_t magic = info->magic.load(std::memory_order_acquire);
  if (magic == 0) return SegmentStatus::not_ready;
  if (magic != kMagic) return SegmentStatus::bad_geometry;
  if (info->layout_major != kLayoutMajor) return SegmentStatus::wrong_major;
  const Geometry geometry{once(info->record_slots), once(info->session_slots)};
  if (!is_sound(geometry) || info->record_stride != sizeof(RecordSlot) ||
      info->session_stride != kSessionStride || info->records_offset != kRecordsOffset ||
      info->sessions_offset != sessions_offset(geometry)) {
    return SegmentStatus::bad_geometry;
  }
  if (size < file_bytes(geometry)) return SegmentStatus::too_short;
  base_ = static_cast<std::byte*>(bytes);
  size_ = size;
  owned_ = owned;
  epoch_ = once(info->epoch);
  geometry_ = geometry;
  sessions_offset_ = sessions_offset(geometry);
  return SegmentStatus::attached;
}

SegmentStatus Segment::map(int descriptor, Access access) {
  struct stat file {};
  if (fstat(descriptor, &file) != 0) return SegmentStatus::system_error;
  if (!S_ISREG(file.st_mode)) return SegmentStatus::not_a_file;
  if (access == Access::read_write) {
    const SegmentStatus owned = check_ownership(file);
    if (owned != SegmentStatus::attached) return owned;
    if (file.st_nlink > 1) return SegmentStatus::many_names;
  }
  const auto size = static_cast<std::size_t>(file.st_size);
  if (size < kRecordsOffset) return SegmentStatus::too_short;
  const int protection = access == Access::read ? PROT_READ : PROT_READ | PROT_WRITE;
  void* const bytes = map_aligned(descriptor, size, protection);
  if (bytes == nullptr) return SegmentStatus::system_error;
  const SegmentStatus adopted = adopt(bytes, size, true);
  if (adopted != SegmentStatus::attached) {
    munmap(bytes, size);
    return adopted;
  }
  device_ = file.st_dev;
  inode_ = file.st_ino;
  populate(bytes, file_bytes(geometry_), protection);
  if (access == Access::read_write) internal::prepare_slot_writer();
  return SegmentStatus::attached;
}

SegmentStatus Segment::open_for_reading(const char* path) {
  close();
  const Descriptor file(open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) return status_of_errno(SegmentStatus::absent);
  return map(file.get(), Access::read);
}

SegmentStatus Segment::open_for_writing(const char* path, const Geometry* wanted) {
  close();
  Name name;
  if (!split(path, name)) {
    errno = EINVAL;
    return SegmentStatus::system_error;
  }
  const Descriptor directory(open(name.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!directory.is_open()) return status_of_errno(SegmentStatus::no_directory);
  struct stat status {};
  if (fstat(directory.get(), &status) != 0) return SegmentStatus::system_error;
  const SegmentStatus owned = check_ownership(status);
  if (owned != SegmentStatus::attached) return owned;

  const Geometry geometry = wanted != nullptr ? *wanted : geometry_of_this_host();
  if (!is_sound(geometry)) return SegmentStatus::bad_geometry;
  internal::TurnToCreate turn(directory.get(), name.file);
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    const Descriptor file(
        openat(directory.get(), name.file, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.is_open()) return map(file.get(), Access::read_write);
    if (errno != ENOENT) return status_of_errno(SegmentStatus::absent);
    if (attempt == 0) {
      if (!turn.await() && !gave_way_) {
        gave_way_ = true;
        return SegmentStatus::being_made;
      }
      continue;
    }
    const Descriptor fresh(openat(directory.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!fresh.is_open()) return status_of_errno(SegmentStatus::system_error);
    const SegmentStatus created =
        internal::fill_and_link(fresh.get(), directory.get(), name.file, geometry, status.st_gid);
    if (created == SegmentStatus::attached) return map(fresh.get(), Access::read_write);
    if (errno != EEXIST) return created;
  }
  return SegmentStatus::absent;
}

bool Segment::is_retired() const {
  return info().retired.load(std::memory_order_acquire) != 0;
}

bool Segment::is_replaced(const char* path) const {
  if (is_retired()) return true;
  struct stat now {};
  if (stat(path, &now) != 0) return errno == ENOENT;
  return now.st_dev != device_ || now.st_ino != inode_;
}

const Info& Segment::info() const {
  return *reinterpret_cast<const Info*>(base_);
}

}  // namespace pppol2tp::ring
