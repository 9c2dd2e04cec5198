// Users and their passwords, kept as bcrypt hashes.
//
// bcrypt is slow on purpose (some 70 ms at cost 10). So a correct password is remembered as a keyed
// hash, under a key that this process made: then a scrape every few seconds costs microseconds, and
// no password stays in memory. Wrong ones are not remembered. Each costs the full time, one after
// the other, so guessing takes at most one processor. While several are waiting, further ones are
// rejected at once, so guessing does not hold the threads that scrapes need.
//
// The time of a refusal does not show whether the user exists.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "agent/base/guarded.h"

namespace pppol2tp::http {

enum class Verdict : std::uint8_t { right, wrong, busy };

// Thread-safe.
class Passwords {
 public:
  // Checks of unknown passwords at a time, including the one in progress.
  static constexpr int kMaxWaiting = 8;

  // User to bcrypt hash, which must be well-formed.
  explicit Passwords(std::map<std::string, std::string> hashes);
  Passwords(const Passwords&) = delete;
  Passwords& operator=(const Passwords&) = delete;

  bool is_empty() const { return hashes_.empty(); }

  Verdict check(const std::string& user, const std::string& password);

  // How often bcrypt was computed.
  std::uint64_t computations() const { return computations_; }

 private:
  using Digest = std::array<unsigned char, 32>;

  Digest digest_of(std::string_view password) const;
  bool is_remembered(const std::string& user, const Digest& digest) const;
  bool fits(const std::string& password, const std::string& hash);

  const std::map<std::string, std::string> hashes_;
  Digest key_{};
  Guarded<std::map<std::string, Digest>> remembered_;  // user to the latest correct password
  std::atomic<int> waiting_ = 0;
  std::mutex computing_;
  std::atomic<std::uint64_t> computations_ = 0;
};

}  // namespace pppol2tp::http
