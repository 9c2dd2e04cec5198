// Requests, byte for byte as from a client, to a real server over a real socket: each gets an HTTP
// answer or the connection is closed, no handler is reached without the password, and the server
// goes on.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/endpoint.h"
#include "agent/base/fd.h"
#include "agent/base/log.h"
#include "agent/http/server.h"
#include "tests/fuzz/expect.h"

namespace {

using namespace pppol2tp;

// scraper:scraper-secret
constexpr std::string_view kCredentials = "c2NyYXBlcjpzY3JhcGVyLXNlY3JldA==";
constexpr char kHash[] = "$2b$04$abcdefghijklmnopqrstuuL2aJBfYSnNfggK5eW600sSG3NKtO/ry";

class Target {
 public:
  Target() : server_({.listen = {"127.0.0.1:0"}, .threads = 4}) {
    log::set_level(log::Level::error);
    const auto handler = [this](const http::Request& request, http::ResponseWriter& response) {
      reached_ = true;
      response.send(concat(request.path, request.query, request.header("Accept")));
    };
    server_.route("/metrics", http::Methods::read, handler);
    server_.route("/-/reload", http::Methods::change, handler);
    config::WebConfig web;
    web.users = {{"scraper", kHash}};
    fuzz::expect(server_.set_web(web).has_value() && server_.start().has_value(), "a server");
    endpoint_ = *parse_endpoint(server_.addresses()[0]);
  }

  std::string answer(std::string_view request) {
    const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    fuzz::expect(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&endpoint_.address),
                           endpoint_.length) == 0,
                 "a connection");
    ::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
    ::shutdown(socket.get(), SHUT_WR);
    std::string out;
    char piece[4096];
    for (ssize_t got = 0; (got = ::recv(socket.get(), piece, sizeof piece, 0)) > 0;) {
      out.append(piece, static_cast<std::size_t>(got));
    }
    return out;
  }

  bool take_reached() { return reached_.exchange(false); }

 private:
  std::atomic<bool> reached_ = false;
  http::Server server_;
  Endpoint endpoint_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A connection that sends nothing is not even given to the server; see listener.h.
  if (size == 0) return 0;
  static Target target;
  const std::string_view request(reinterpret_cast<const char*>(data), size);
  const std::string answer = target.answer(request);
  fuzz::expect(answer.empty() || answer.starts_with("HTTP/1.1 "), "an HTTP answer or none");
  const bool reached = target.take_reached();
  fuzz::expect(!reached || request.find(kCredentials) != std::string_view::npos,
               "no handler without the password");
  return 0;
}
