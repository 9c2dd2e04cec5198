// One object in memory that this process and its children of fork share.
#pragma once

#include <sys/mman.h>

#include <new>

namespace pppol2tp::ring::test {

template <typename Object>
class Shared {
 public:
  Shared() {
    void* const bytes =
        mmap(nullptr, sizeof(Object), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED) throw std::bad_alloc();
    object_ = new (bytes) Object{};
  }
  ~Shared() { munmap(object_, sizeof(Object)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  Object* operator->() const { return object_; }
  Object& operator*() const { return *object_; }

 private:
  Object* object_;
};

}  // namespace pppol2tp::ring::test
