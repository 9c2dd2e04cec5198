// The shared file as the file system sees it: how it is made, and how it is mapped.
#pragma once

#include <sys/types.h>

#include <cstddef>

#include "plugin/ring/segment.h"

namespace pppol2tp::ring::internal {

// Closes on leaving, and leaves errno as the caller set it.
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

// What errno means for whoever opens or makes the file.
SegmentStatus status_of_errno(SegmentStatus for_enoent);

// Maps all of the file shared, at a multiple of 2 MiB, without which the kernel cannot use pages of
// that size. Null, with errno: it cannot be had. The mapping ends at the end of the file's last
// page.
void* map_aligned(int descriptor, std::size_t size, int protection);

// Whoever means to create the file waits here, a second at most, until it is there or nobody
// else is about it; the turn ends when the directory's descriptor is closed. False: it is still
// somebody else's turn. Without this, of a thousand pppds that start at once each would allocate a
// file, to find that another's has the name.
bool await_turn_to_create(int directory, const char* name);

// Makes a whole file out of the unnamed one that `descriptor` stands for, and links it to its name.
// `attached`, or what went wrong; errno is EEXIST when others were faster.
SegmentStatus fill_and_link(int descriptor, int directory, const char* name, Geometry geometry,
                            gid_t group);

}  // namespace pppol2tp::ring::internal
