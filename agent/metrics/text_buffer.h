// A buffer for text that is written through a pointer. Unlike std::string, it does not fill new
// room with zeros. It keeps some room around the text for framing it in place.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace pppol2tp::metrics {

class TextBuffer {
 public:
  static constexpr std::size_t kRoomBefore = 512;
  static constexpr std::size_t kRoomAfter = 32;

  // Room for `bytes` more. What is written there is part of the text after commit() with its end.
  char* reserve(std::size_t bytes) {
    if (capacity_ - size_ < bytes) grow(size_ + bytes);
    return begin() + size_;
  }
  void commit(const char* end) { size_ = static_cast<std::size_t>(end - begin()); }

  void append(std::string_view text) {
    char* const out = reserve(text.size());
    std::memcpy(out, text.data(), text.size());
    size_ += text.size();
  }

  std::string_view text() const {
    return size_ == 0 ? std::string_view() : std::string_view(begin(), size_);
  }
  // The text, which must not be empty; the room around it is free for use.
  std::span<char> text_in_room() { return {begin(), size_}; }
  std::size_t size() const { return size_; }
  void clear() { size_ = 0; }

 private:
  char* begin() const { return bytes_.get() + kRoomBefore; }

  void grow(std::size_t least) {
    const std::size_t capacity = std::max(least, 2 * capacity_);
    std::unique_ptr<char[]> larger(new char[kRoomBefore + capacity + kRoomAfter]);
    if (size_ != 0) std::memcpy(larger.get() + kRoomBefore, begin(), size_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace pppol2tp::metrics
