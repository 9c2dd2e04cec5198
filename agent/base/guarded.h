// A value that can be reached only while its lock is held:
//   Guarded<Counts> counts;
//   counts.lock()->requests += 1;
//
// Keep the Locked as short as possible, and keep no reference after it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace pppol2tp {

template <typename T>
class Guarded {
 public:
  template <typename Value>
  class Locked {
   public:
    Value* operator->() const { return value_; }
    Value& operator*() const { return *value_; }

    // Releases the lock while waiting. The predicate is called with the lock held.
    template <typename Predicate>
    void wait(std::condition_variable& changed, Predicate predicate) {
      changed.wait(lock_, predicate);
    }

    // Returns the predicate's last result.
    template <typename Predicate>
    bool wait_for(std::condition_variable& changed, std::chrono::nanoseconds timeout,
                  Predicate predicate) {
      return changed.wait_for(lock_, timeout, predicate);
    }

   private:
    friend class Guarded;
    Locked(std::mutex& mutex, Value* value) : lock_(mutex), value_(value) {}

    std::unique_lock<std::mutex> lock_;
    Value* value_;
  };

  template <typename... Arguments>
  explicit Guarded(Arguments&&... arguments) : value_(std::forward<Arguments>(arguments)...) {}

  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  [[nodiscard]] Locked<T> lock() { return {mutex_, &value_}; }
  [[nodiscard]] Locked<const T> lock() const { return {mutex_, &value_}; }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace pppol2tp
