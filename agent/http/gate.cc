#include "agent/http/gate.h"

#include <algorithm>

#include "agent/http/base64.h"
#include "agent/http/text.h"

namespace pppol2tp::http {
namespace {

using std::chrono::nanoseconds;

void refuse(ResponseWriter& response, int status, std::string_view why) {
  response.set_status(status);
  response.set_content_type("text/plain; charset=utf-8");
  response.send(why);
}

}  // namespace

RateLimiter::RateLimiter(config::RateLimit limit, nanoseconds now)
    : limit_(limit), bucket_(Bucket{limit.burst, now}) {}

bool RateLimiter::allows(nanoseconds now) {
  if (limit_.interval == limit_.interval.zero()) return true;
  auto bucket = bucket_.lock();
  const nanoseconds interval = limit_.interval;
  const auto passed = std::max<std::int64_t>(0, (now - bucket->counted_to) / interval);
  bucket->counted_to += passed * interval;
  bucket->filling =
      std::min<std::uint64_t>(limit_.burst, bucket->filling + static_cast<std::uint64_t>(passed));
  if (bucket->filling == 0) return false;
  --bucket->filling;
  return true;
}

Gate::Gate(const config::WebConfig& config, const Clock& clock)
    : clock_(clock), limiter_(config.rate_limit, clock.monotonic()), passwords_(config.users) {
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) headers_.emplace_back(name, value);
  };
  add("Content-Security-Policy", config.headers.content_security_policy);
  add("X-Frame-Options", config.headers.x_frame_options);
  add("X-Content-Type-Options", config.headers.x_content_type_options);
  add("X-XSS-Protection", config.headers.x_xss_protection);
  add("Strict-Transport-Security", config.headers.strict_transport_security);
}

void Gate::set_headers(ResponseWriter& response) const {
  for (const auto& [name, value] : headers_) response.set_header(name, value);
}

bool Gate::admit(const Request& request, ResponseWriter& response) {
  if (!limiter_.allows(clock_.monotonic())) {
    refuse(response, 429, "Too many requests: the web configuration's rate_limit\n");
    return false;
  }
  switch (verdict_on(request)) {
    case Verdict::right:
      return true;
    case Verdict::wrong:
      response.set_header("WWW-Authenticate", "Basic");
      refuse(response, 401, "Unauthorized\n");
      return false;
    case Verdict::busy:
      refuse(response, 503, "Too many passwords are being checked\n");
      return false;
  }
  return false;
}

Verdict Gate::verdict_on(const Request& request) {
  if (passwords_.is_empty()) return Verdict::right;
  constexpr std::string_view kScheme = "Basic ";
  const std::string header = request.header("Authorization");
  if (!equal_ignoring_case(std::string_view(header).substr(0, kScheme.size()), kScheme)) {
    return Verdict::wrong;
  }
  const auto credentials = decode_base64(std::string_view(header).substr(kScheme.size()));
  const std::size_t colon = credentials ? credentials->find(':') : std::string::npos;
  if (colon == std::string::npos) return Verdict::wrong;
  return passwords_.check(credentials->substr(0, colon), credentials->substr(colon + 1));
}

}  // namespace pppol2tp::http
