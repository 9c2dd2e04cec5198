// Which handler answers which request, and everything that is refused before one is asked:
//   401, 429, 503  what the web configuration's gate refuses
//   404  a path that is not exactly one of ours       405  a method that the path does not take
//   400  a request with a body                        503  while shutting down
//   500  the handler threw; said in one line of the log
//
// Routes are added before the first request; dispatch() may then run on any number of threads.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "agent/base/guarded.h"
#include "agent/http/gate.h"
#include "agent/http/request.h"
#include "agent/http/response.h"

namespace pppol2tp::http {

// Called on the server's threads, several at a time.
using Handler = std::function<void(const Request&, ResponseWriter&)>;

enum class Methods : std::uint8_t {
  read,    // GET and HEAD
  change,  // POST and PUT, for what a browser or crawler must not do by following a link
};

// Numbers of answers by class of status: [0] is 1xx.
using StatusCounts = std::array<std::uint64_t, 5>;

struct RouteCounts {
  std::string path;  // empty: requests that matched no route, or were not HTTP
  StatusCounts answers{};
  std::uint64_t unfinished = 0;  // those whose client did not receive the whole answer
};

class Router {
 public:
  void add(std::string path, Methods methods, Handler handler);

  // Serves one request.
  void dispatch(const Request& request, Output& output) noexcept;

  // Answers and counts what could not be read as a request.
  void refuse(int status, std::string_view why, Output& output) noexcept;

  // For requests from now on; null: no checks. Any thread.
  void set_gate(std::shared_ptr<Gate> gate) { *gate_.lock() = std::move(gate); }

  // While closed, every request is answered by 503.
  void set_closed(bool is_closed) { is_closed_ = is_closed; }

  std::vector<RouteCounts> counts() const;

 private:
  struct Route {
    std::string path;
    Methods methods = Methods::read;
    Handler handler;
    std::array<std::atomic<std::uint64_t>, std::tuple_size_v<StatusCounts>> answers{};
    std::atomic<std::uint64_t> unfinished{0};
  };

  Route* find(std::string_view path);
  void answer(const Route& route, const Request& request, ResponseWriter& response) const;
  std::shared_ptr<Gate> gate() const { return *gate_.lock(); }
  static void count(Route& route, int status, bool is_finished);

  std::deque<Route> routes_;  // a deque does not move its elements
  Route no_route_;
  std::atomic<bool> is_closed_ = false;
  Guarded<std::shared_ptr<Gate>> gate_;
};

}  // namespace pppol2tp::http
