#include "agent/http/passwords.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <memory>
#include <utility>

namespace pppol2tp::http {
namespace {

// Counts its owner as waiting.
class Place {
 public:
  explicit Place(std::atomic<int>& taken) : taken_(taken), number_(++taken) {}
  ~Place() { --taken_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  int number() const { return number_; }

 private:
  std::atomic<int>& taken_;
  const int number_;
};

}  // namespace

Passwords::Passwords(std::map<std::string, std::string> hashes) : hashes_(std::move(hashes)) {
  // Without random numbers, the stored digests could be guessed, so the program does not go on.
  if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1) std::abort();
}

Verdict Passwords::check(const std::string& user, const std::string& password) {
  if (hashes_.empty()) return Verdict::wrong;
  const Digest digest = digest_of(password);
  if (is_remembered(user, digest)) return Verdict::right;

  const Place place(waiting_);
  if (place.number() > kMaxWaiting) return Verdict::busy;
  const auto known = hashes_.find(user);
  // An unknown user takes as long as a known one.
  const std::string& hash = known != hashes_.end() ? known->second : hashes_.begin()->second;
  const bool is_right = fits(password, hash) && known != hashes_.end();
  if (is_right) remembered_.lock()->insert_or_assign(user, digest);
  return is_right ? Verdict::right : Verdict::wrong;
}

Passwords::Digest Passwords::digest_of(std::string_view password) const {
  Digest digest{};
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
           reinterpret_cast<const unsigned char*>(password.data()), password.size(), digest.data(),
           &length) == nullptr) {
    std::abort();
  }
  return digest;
}

bool Passwords::is_remembered(const std::string& user, const Digest& digest) const {
  const auto remembered = remembered_.lock();
  const auto found = remembered->find(user);
  return found != remembered->end() &&
         CRYPTO_memcmp(found->second.data(), digest.data(), digest.size()) == 0;
}

bool Passwords::fits(const std::string& password, const std::string& hash) {
  // crypt(3) would take the part before the NUL for the whole password.
  const bool has_nul = password.find('\0') != std::string::npos;
  const std::lock_guard one_at_a_time(computing_);
  ++computations_;
  const auto memory = std::make_unique<crypt_data>();  // 32 KiB: too much for a thread's stack
  const char* const computed = crypt_r(password.c_str(), hash.c_str(), memory.get());
  const bool is_equal = computed != nullptr && std::string_view(computed).size() == hash.size() &&
                        CRYPTO_memcmp(computed, hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(memory.get(), sizeof *memory);
  return is_equal && !has_nul;
}

}  // namespace pppol2tp::http
