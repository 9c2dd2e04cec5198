#include "agent/http/stack_pages.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace pppol2tp::http {
namespace {

// The lowest address of the calling thread's stack; 0 if it is not known.
std::uintptr_t lowest_stack_address() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  std::size_t size = 0;
  const int error = pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return error == 0 ? reinterpret_cast<std::uintptr_t>(lowest) : 0;
}

}  // namespace

void return_unused_stack_pages() {
  thread_local const std::uintptr_t lowest = lowest_stack_address();
  static const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  // A page for madvise(2) itself.
  const std::uintptr_t here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - page;
  const std::uintptr_t end = here - here % page;
  if (lowest == 0 || end <= lowest) return;
  madvise(reinterpret_cast<void*>(lowest), end - lowest, MADV_DONTNEED);
}

}  // namespace pppol2tp::http
