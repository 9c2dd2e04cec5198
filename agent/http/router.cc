#include "agent/http/router.h"

#include <algorithm>
#include <exception>

#include "agent/base/concat.h"
#include "agent/base/log.h"

namespace pppol2tp::http {
namespace {

constexpr int kClasses = std::tuple_size_v<StatusCounts>;

void send_text(ResponseWriter& response, int status, std::string_view text) {
  response.set_status(status);
  response.set_content_type("text/plain; charset=utf-8");
  response.send(concat(text, '\n'));
}

bool is_allowed(Methods methods, std::string_view method) {
  return methods == Methods::read ? method == "GET" || method == "HEAD"
                                  : method == "POST" || method == "PUT";
}

// None of our routes takes a body, and bodies' lengths are used for request smuggling.
bool has_body(const Request& request) {
  if (request.has_header("Transfer-Encoding")) return true;
  const std::string length = request.header("Content-Length");
  return !length.empty() && length != "0";
}

void report_failure(const Request& request, std::string_view what) {
  log::error("HTTP request failed",
             {{"path", request.path}, {"client", request.client_address}, {"error", what}});
}

}  // namespace

void Router::add(std::string path, Methods methods, Handler handler) {
  Route& route = routes_.emplace_back();
  route.path = std::move(path);
  route.methods = methods;
  route.handler = std::move(handler);
}

void Router::dispatch(const Request& request, Output& output) noexcept {
  Route* const found = find(request.path);
  Route& route = found != nullptr ? *found : no_route_;
  ResponseWriter response(output, request.is_head(), request.is_http_1_0);
  bool has_failed = true;
  try {
    answer(route, request, response);
    has_failed = false;
  } catch (const std::exception& exception) {
    report_failure(request, exception.what());
  } catch (...) {
    report_failure(request, "an exception of unknown type");
  }
  if (has_failed && response.has_begun()) {
    // What was sent cannot be taken back. Without its end, no client takes it for complete.
    count(route, 500, false);
    return;
  }
  if (has_failed) {
    response.start_over();
    send_text(response, 500, "Internal error; the agent's log has the reason");
  }
  count(route, response.status(), response.finish());
}

void Router::refuse(int status, std::string_view why, Output& output) noexcept {
  ResponseWriter response(output, /*is_head=*/false, /*is_http_1_0=*/true);
  if (const auto gate = this->gate()) gate->set_headers(response);
  send_text(response, status, why);
  count(no_route_, status, response.finish());
}

std::vector<RouteCounts> Router::counts() const {
  std::vector<RouteCounts> out;
  const auto read = [&](const Route& route) {
    RouteCounts& counts = out.emplace_back();
    counts.path = route.path;
    for (std::size_t i = 0; i < counts.answers.size(); ++i) counts.answers[i] = route.answers[i];
    counts.unfinished = route.unfinished;
  };
  for (const Route& route : routes_) read(route);
  read(no_route_);
  return out;
}

Router::Route* Router::find(std::string_view path) {
  const auto found = std::find_if(routes_.begin(), routes_.end(),
                                  [&](const Route& route) { return route.path == path; });
  return found == routes_.end() ? nullptr : &*found;
}

void Router::answer(const Route& route, const Request& request, ResponseWriter& response) const {
  if (is_closed_) return send_text(response, 503, "Shutting down");
  const auto gate = this->gate();
  if (gate) gate->set_headers(response);
  if (gate && !gate->admit(request, response)) return;
  if (!route.handler) return send_text(response, 404, "Not found");
  if (!is_allowed(route.methods, request.method)) {
    response.set_header("Allow", route.methods == Methods::read ? "GET, HEAD" : "POST, PUT");
    return send_text(response, 405, "Method not allowed");
  }
  if (has_body(request)) return send_text(response, 400, "A request body is not taken");
  route.handler(request, response);
}

void Router::count(Route& route, int status, bool is_finished) {
  const int index = std::clamp(status / 100 - 1, 0, kClasses - 1);
  route.answers[static_cast<std::size_t>(index)].fetch_add(1, std::memory_order_relaxed);
  if (!is_finished) route.unfinished.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace pppol2tp::http
