// Shared by the fuzz targets. A target gets bytes that a peer or a writer of shared memory could
// have chosen, and aborts the process if something that must hold does not.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

namespace pppol2tp::fuzz {

// The fuzzer takes a trap for a crash, and keeps the input.
inline void must(bool holds) {
  if (!holds) __builtin_trap();
}

// Takes numbers and runs of bytes from the input's front; zeros, and nothing, once it is used up.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t bytes) : next_(data), left_(bytes) {}

  bool is_empty() const { return left_ == 0; }

  std::uint8_t byte() {
    if (left_ == 0) return 0;
    --left_;
    return *next_++;
  }

  // A copy with nothing behind it, so that AddressSanitizer detects any read past its end.
  struct Bytes {
    std::unique_ptr<std::uint8_t[]> data;
    std::size_t size;
  };
  Bytes bytes(std::size_t wanted) {
    const std::size_t size = std::min(wanted, left_);
    Bytes taken{std::make_unique<std::uint8_t[]>(size), size};
    std::copy_n(next_, size, taken.data.get());
    next_ += size;
    left_ -= size;
    return taken;
  }
  Bytes rest() { return bytes(left_); }

  // Fills `value`, which may be of any plain type; bytes that are missing stay as they were.
  template <typename T>
  void fill(T& value) {
    const std::size_t size = std::min(sizeof value, left_);
    std::memcpy(static_cast<void*>(&value), next_, size);
    next_ += size;
    left_ -= size;
  }

 private:
  const std::uint8_t* next_;
  std::size_t left_;
};

// Text that the plugin copied from a peer: terminated within its field, printable ASCII.
template <std::size_t kBytes>
void must_be_printable(const char (&field)[kBytes]) {
  const auto* const end = static_cast<const char*>(std::memchr(field, '\0', kBytes));
  must(end != nullptr);
  must(std::all_of(static_cast<const char*>(field), end,
                   [](char c) { return c >= 0x20 && c < 0x7f; }));
}

}  // namespace pppol2tp::fuzz
