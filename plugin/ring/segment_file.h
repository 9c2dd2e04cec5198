// The shared file in the file system: how it is created and mapped.
#pragma once

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

// A process that wants to create the file waits here, for a second at most, until the file exists
// or no other process is creating it. Its turn ends when the directory's descriptor is closed.
// False: another process still has its turn. Without this, if a thousand pppds start at once, each
// would allocate a file, only to find that another's already has the name.
bool await_turn_to_create(int directory, const char* name);

// Fills the unnamed file behind `descriptor` and links it to its name. Returns `attached`, or the
// failure; errno is EEXIST if another process was faster.
SegmentStatus fill_and_link(int descriptor, int directory, const char* name, Geometry geometry,
                            gid_t group);

}  // namespace pppol2tp::ring::internal
