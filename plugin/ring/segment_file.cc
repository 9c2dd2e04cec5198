#include "plugin/ring/segment_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace pppol2tp::ring::internal {
namespace {

constexpr int kMadvCollapse = 25;  // <asm-generic/mman-common.h> from 6.1; older kernels: EINVAL

// One second in total: making the file takes 20 ms, but half a second on an emulated processor, and
// more on a busy one.
constexpr int kTurnTries = 200;
constexpr timespec kTurnPause{0, 5'000'000};
constexpr int kAllocateTries = 10;  // each may be interrupted by a signal

std::size_t page_bytes() {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t random_epoch() {
  std::uint64_t epoch = 0;
  if (getrandom(&epoch, sizeof epoch, GRND_NONBLOCK) != sizeof epoch || epoch == 0) {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    epoch = static_cast<std::uint64_t>(now.tv_sec) << 30 ^ static_cast<std::uint64_t>(now.tv_nsec) ^
            static_cast<std::uint64_t>(getpid()) << 44;
  }
  return epoch;
}

bool may_be_as_large_as(std::uint64_t size) {
  rlimit largest{};
  // Beyond this limit the kernel sends SIGXFSZ, which would end pppd.
  if (getrlimit(RLIMIT_FSIZE, &largest) != 0 || largest.rlim_cur >= size) return true;
  errno = EFBIG;
  return false;
}

bool allocate(int descriptor, std::uint64_t offset, std::uint64_t size) {
  for (int i = 0; i < kAllocateTries; ++i) {
    errno = posix_fallocate(descriptor, static_cast<off_t>(offset), static_cast<off_t>(size));
    if (errno != EINTR) break;
  }
  return errno == 0;
}

// The kernel makes a large page only where there is a small one already; the rest is then zeroed,
// and nothing has to be copied. Linux 6.1 makes a large page also where the small one is not
// mapped, but then returns EINVAL and stops.
bool map_one_page_in_each_huge_one(int descriptor, const void* bytes, std::uint64_t size) {
  const auto* const pages = static_cast<const volatile std::byte*>(bytes);
  for (std::uint64_t offset = 0; offset < size; offset += kHugePageBytes) {
    if (!allocate(descriptor, offset, 1)) return false;
    static_cast<void>(pages[offset]);
  }
  return true;
}

// The whole file is allocated before anything is stored: a store into a page that cannot be
// allocated would raise SIGBUS. Large pages are made first, because making them out of small ones
// costs ten times as much, and a thousand pppds may be waiting.
bool fill(int descriptor, std::uint64_t size, Geometry geometry) {
  if (ftruncate(descriptor, static_cast<off_t>(size)) != 0) return false;
  void* const bytes = map_aligned(descriptor, size, PROT_READ | PROT_WRITE);
  if (bytes == nullptr) return false;
  const bool in_huge_pages = map_one_page_in_each_huge_one(descriptor, bytes, size) &&
                             madvise(bytes, size, kMadvCollapse) == 0;
  const bool allocated = allocate(descriptor, 0, size);
  if (allocated) {
    Segment::format(bytes, geometry, random_epoch());
    static_cast<Info*>(bytes)->in_huge_pages = in_huge_pages ? 1 : 0;
  }
  const int saved = errno;
  munmap(bytes, size);
  errno = saved;
  return allocated;
}

// The first way needs CAP_DAC_READ_SEARCH, the second /proc.
bool link_to(int descriptor, int directory, const char* name) {
  if (linkat(descriptor, "", directory, name, AT_EMPTY_PATH) == 0) return true;
  if (errno == EEXIST) return false;
  char self[32];
  snprintf(self, sizeof self, "/proc/self/fd/%d", descriptor);
  return linkat(AT_FDCWD, self, directory, name, AT_SYMLINK_FOLLOW) == 0;
}

}  // namespace

Descriptor::~Descriptor() {
  const int saved = errno;
  if (number_ >= 0) ::close(number_);
  errno = saved;
}

SegmentStatus status_of_errno(SegmentStatus for_enoent) {
  switch (errno) {
    case ENOENT:
      return for_enoent;
    case EACCES:
    case EPERM:
      return SegmentStatus::not_permitted;
    case ELOOP:
    case EISDIR:
    case ENXIO:
      return SegmentStatus::not_a_file;
    case ENOTDIR:
      return SegmentStatus::no_directory;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case ENOMEM:  // of the memory control group that the creator is in
      return SegmentStatus::no_space;
    default:
      return SegmentStatus::system_error;
  }
}

void* map_aligned(int descriptor, std::size_t size, int protection) {
  const std::size_t page = page_bytes();
  const std::size_t whole = (size + page - 1) / page * page;
  const std::size_t room = whole + kHugePageBytes;
  if (room < size) {
    errno = ENOMEM;
    return nullptr;
  }
  void* const reserved = mmap(nullptr, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (reserved == MAP_FAILED) return nullptr;
  const auto first = reinterpret_cast<std::uintptr_t>(reserved);
  const std::uintptr_t aligned = (first + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
  void* const wanted = reinterpret_cast<void*>(aligned);
  if (mmap(wanted, whole, protection, MAP_SHARED | MAP_FIXED, descriptor, 0) == MAP_FAILED) {
    const int saved = errno;
    munmap(reserved, room);
    errno = saved;
    return nullptr;
  }
  const std::size_t before = aligned - first;
  const std::size_t after = room - before - whole;
  if (before != 0) munmap(reserved, before);
  if (after != 0) munmap(reinterpret_cast<void*>(aligned + whole), after);
  return wanted;
}

TurnToCreate::TurnToCreate(int directory, const char* name) : directory_(directory), name_(name) {
  snprintf(lock_name_, sizeof lock_name_, "%s.lock", name);
}

bool TurnToCreate::await() {
  lock_ =
      openat(directory_, lock_name_, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  if (lock_ < 0) return true;
  for (int i = 0; i < kTurnTries; ++i) {
    // Before the look at the ring: whoever made a lock file too late has it, and removes it.
    is_mine_ = flock(lock_, LOCK_EX | LOCK_NB) == 0;
    if (is_mine_ || faccessat(directory_, name_, F_OK, AT_SYMLINK_NOFOLLOW) == 0) return true;
    nanosleep(&kTurnPause, nullptr);
  }
  return false;
}

TurnToCreate::~TurnToCreate() {
  const int saved = errno;
  if (is_mine_) unlinkat(directory_, lock_name_, 0);
  if (lock_ >= 0) close(lock_);
  errno = saved;
}

SegmentStatus fill_and_link(int descriptor, int directory, const char* name, Geometry geometry,
                            gid_t group) {
  const std::uint64_t size = Segment::file_bytes(geometry);
  const bool linked = may_be_as_large_as(size) && fill(descriptor, size, geometry) &&
                      fchown(descriptor, static_cast<uid_t>(-1), group) == 0 &&
                      fchmod(descriptor, 0640) == 0 && link_to(descriptor, directory, name);
  return linked ? SegmentStatus::attached : status_of_errno(SegmentStatus::system_error);
}

}  // namespace pppol2tp::ring::internal
