// Users and their passwords, kept as bcrypt hashes.
//
// bcrypt is slow on purpose (some 70 ms at cost 10), so a password that was right is remembered, as
// a keyed hash of its own under a key that this process made up: a scrape every few seconds costs
// microseconds, and no password stays in memory. Wrong ones are not remembered: each costs its
// caller the full time, one after the other, so that guessing takes no more than one processor; and
// while several wait already, more are turned away at once, so that guessing does not hold the
// threads that scrapes need.
//
// How long a refusal takes does not tell whether there is such a user.
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
  // Checks of unknown passwords at a time, the one at work included.
  static constexpr int kMaxWaiting = 8;

  // User to bcrypt hash, which must be well-formed.
  explicit Passwords(std::map<std::string, std::string> hashes);
  Passwords(const Passwords&) = delete;
  Passwords& operator=(const Passwords&) = delete;

  bool is_empty() const { return hashes_.empty(); }

  Verdict check(const std::string& user, const std::string& password);

  // How many times bcrypt was computed.
  std::uint64_t computations() const { return computations_; }

 private:
  using Digest = std::array<unsigned char, 32>;

  Digest digest_of(std::string_view password) const;
  bool is_remembered(const std::string& user, const Digest& digest) const;
  bool fits(const std::string& password, const std::string& hash);

  const std::map<std::string, std::string> hashes_;
  Digest key_{};
  Guarded<std::map<std::string, Digest>> remembered_;  // user to the last right password
  std::atomic<int> waiting_ = 0;
  std::mutex computing_;
  std::atomic<std::uint64_t> computations_ = 0;
};

}  // namespace pppol2tp::http
