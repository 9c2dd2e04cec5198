// Checks before every handler, if there is a web configuration: headers for all answers, the rate
// limit, and who may ask (basic authentication, RFC 7617).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/guarded.h"
#include "agent/config/web_config.h"
#include "agent/http/passwords.h"
#include "agent/http/request.h"
#include "agent/http/response.h"

namespace pppol2tp::http {

// Allows `burst` requests at once, and one more per interval. Thread-safe.
class RateLimiter {
 public:
  // An interval of 0 lets everything through.
  RateLimiter(config::RateLimit limit, std::chrono::nanoseconds now);

  bool allows(std::chrono::nanoseconds now);

 private:
  struct Bucket {
    std::uint64_t filling = 0;               // requests allowed now
    std::chrono::nanoseconds counted_to{0};  // `filling` includes the intervals up to here
  };

  const config::RateLimit limit_;
  Guarded<Bucket> bucket_;
};

// Thread-safe.
class Gate {
 public:
  explicit Gate(const config::WebConfig& config, const Clock& clock = system_clock());

  // For every answer, including answers to malformed requests.
  void set_headers(ResponseWriter& response) const;

  // False: refused and answered with 401, 429 or 503.
  bool admit(const Request& request, ResponseWriter& response);

 private:
  Verdict verdict_on(const Request& request);

  const Clock& clock_;
  std::vector<std::pair<std::string_view, std::string>> headers_;
  RateLimiter limiter_;
  Passwords passwords_;
};

}  // namespace pppol2tp::http
