// Owns one file descriptor and closes it. Move-only; an empty one holds -1.
#pragma once

#include <unistd.h>

#include <utility>

namespace pppol2tp {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int descriptor) : descriptor_(descriptor) {}
  Fd(Fd&& other) noexcept : descriptor_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

  // Gives up ownership without closing.
  int release() { return std::exchange(descriptor_, -1); }

  // close(2) is not repeated after EINTR: Linux has already released the number, and another thread
  // may use it.
  void reset(int descriptor = -1) {
    const int old = std::exchange(descriptor_, descriptor);
    if (old >= 0) ::close(old);
  }

 private:
  int descriptor_ = -1;
};

}  // namespace pppol2tp
