// A server with handlers of every kind, for the tests of it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "agent/base/concat.h"
#include "agent/http/server.h"
#include "tests/unit/http/client.h"

namespace pppol2tp::http {

inline constexpr std::size_t kLargeBytes = 100'000'000;

// The byte at a position of the large body; no two parts of it are alike.
constexpr char large_byte(std::size_t position) {
  return static_cast<char>('a' + (position / 1000 + position) % 26);
}

inline std::string large_piece(std::size_t start, std::size_t length) {
  std::string piece(length, '\0');
  for (std::size_t i = 0; i < length; ++i) piece[i] = large_byte(start + i);
  return piece;
}

inline void stream_large(ResponseWriter& response) {
  constexpr std::size_t kPiece = 50'000;
  for (std::size_t start = 0; start < kLargeBytes; start += kPiece) {
    if (!response.write(large_piece(start, kPiece))) return;
  }
}

class ServerTest : public testing::Test {
 protected:
  void start(ServerOptions options = {.listen = {"127.0.0.1:0"}, .threads = 8}) {
    server_.emplace(std::move(options));
    server_->route("/hello", Methods::read, [](const Request&, ResponseWriter& response) {
      response.set_content_type("text/plain");
      response.send("hello");
    });
    server_->route("/-/reload", Methods::change,
                   [](const Request&, ResponseWriter& response) { response.send("reloaded"); });
    server_->route("/echo", Methods::read, [](const Request& request, ResponseWriter& response) {
      response.send(concat(request.query, '|', request.header("X-A"), '|', request.client_address));
    });
    server_->route("/large", Methods::read, [](const Request&, ResponseWriter& response) {
      response.begin(std::nullopt);
      stream_large(response);
    });
    server_->route("/large-known", Methods::read, [](const Request&, ResponseWriter& response) {
      response.begin(kLargeBytes);
      stream_large(response);
    });
    server_->route("/throws", Methods::read,
                   [](const Request&, ResponseWriter&) { throw std::runtime_error("broken"); });
    const auto started = server_->start();
    ASSERT_TRUE(started) << started.error().message;
    address_ = server_->addresses()[0];
  }

  RouteCounts counts_of(std::string_view path) const {
    for (const RouteCounts& counts : server_->counts().routes) {
      if (counts.path == path) return counts;
    }
    return {};
  }

  // The server's threads write the counters after the client has its answer.
  template <typename Predicate>
  static bool comes_true(Predicate predicate) {
    const auto end = std::chrono::steady_clock::now() + Client::kPatience;
    while (!predicate() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return predicate();
  }

  std::optional<Server> server_;
  std::string address_;
};

}  // namespace pppol2tp::http
