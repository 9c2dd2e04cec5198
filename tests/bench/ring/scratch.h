// Resources of a measurement, removed at its end.
#pragma once

#include <sys/mman.h>

#include <cstdlib>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

namespace pppol2tp::bench {

// On the tmpfs that every Linux has. Owned by the process that made it, which must outlive all
// other users.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    char name[] = "/dev/shm/pppol2tp-bench-XXXXXX";
    if (mkdtemp(name) == nullptr) throw std::runtime_error("no directory in /dev/shm");
    path_ = name;
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;  // cannot be handled here
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// One object in memory that this process and its children of fork share.
template <typename Object>
class SharedObject {
 public:
  SharedObject() {
    void* const bytes =
        mmap(nullptr, sizeof(Object), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED) throw std::bad_alloc();
    object_ = new (bytes) Object{};
  }
  SharedObject(const SharedObject&) = delete;
  SharedObject& operator=(const SharedObject&) = delete;
  ~SharedObject() { munmap(object_, sizeof(Object)); }

  Object* operator->() const { return object_; }
  Object& operator*() const { return *object_; }

 private:
  Object* object_;
};

}  // namespace pppol2tp::bench
