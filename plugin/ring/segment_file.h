// The shared file in the file system: how it is created and mapped.
#pragma once

#include <limits.h>
#include <sys/types.h>

#include <cstddef>

#include "plugin/ring/segment.h"

namespace pppol2tp::ring::internal {

// Closes in its destructor, and leaves errno unchanged.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

// What errno means when the file is opened or created.
SegmentStatus status_of_errno(SegmentStatus for_enoent);

// Maps the whole file shared, at a multiple of 2 MiB: otherwise the kernel cannot use pages of that
// size. Null, with errno, on failure. The mapping ends at the end of the file's last page.
void* map_aligned(int descriptor, std::size_t size, int protection);

// The right to create the file, which one process has at a time. Without it, if a thousand pppds
// start at once, each would allocate a file, only to find that another's already has the name.
//
// It is a lock on a file beside the ring that only the ring's owner can open, so no reader can keep
// a writer waiting. The lock file is there only meanwhile, or after a creator was killed. A process
// that takes a lock file just removed by another one, or cannot make one, creates the ring at the
// same time as others, which costs memory for a moment and nothing else.
class TurnToCreate {
 public:
  TurnToCreate(int directory, const char* name);
  TurnToCreate(const TurnToCreate&) = delete;
  TurnToCreate& operator=(const TurnToCreate&) = delete;
  ~TurnToCreate();

  // Waits, for a second at most, until the file exists or no other process is creating it. False:
  // another process still has its turn. Called once.
  bool await();

 private:
  int directory_;
  const char* name_;
  char lock_name_[NAME_MAX + sizeof ".lock"];
  int lock_ = -1;
  bool is_mine_ = false;
};

// Fills the unnamed file behind `descriptor` and links it to its name. Returns `attached`, or the
// failure; errno is EEXIST if another process was faster.
SegmentStatus fill_and_link(int descriptor, int directory, const char* name, Geometry geometry,
                            gid_t group);

}  // namespace pppol2tp::ring::internal
