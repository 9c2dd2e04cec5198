// The agent's HTTP server: GET and HEAD on exact paths, no files, no bodies, no keep-alive.
//
// Built on civetweb, which is not seen outside server.cc. Of civetweb it uses the reading of
// requests, the threads, and the reading and writing of TLS connections. The listening sockets are
// our own: civetweb would not say why it cannot bind one, nor let us set its options.
//
// Threads: one of the caller's makes, starts, stops and destroys the server; handlers run on the
// server's threads; counts() may be called by any. All signals that the program wants to see itself
// must be blocked before start(). SIGPIPE is ignored from then on, in the whole process.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/result.h"
#include "agent/config/web_config.h"
#include "agent/http/connections.h"
#include "agent/http/router.h"
#include "agent/http/tls.h"

namespace pppol2tp::http {

struct ServerOptions {
  std::vector<std::string> listen;  // as open_listeners() takes them
  std::size_t threads = 160;        // at least 2; a connection being served holds one
  std::chrono::milliseconds request_timeout = std::chrono::seconds(5);
};

struct ServerCounts {
  std::vector<RouteCounts> routes;
  ConnectionCounts connections;
};

class Server {
 public:
  explicit Server(ServerOptions options);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Before start().
  void route(std::string path, Methods methods, Handler handler);

  // The web configuration: users, headers, TLS. Before start(), or at any time while started;
  // requests and TLS connections that begin afterwards follow it. On an error nothing changes; it
  // names key, file and reason. TLS cannot be switched on or off while started.
  Result<void> set_web(const config::WebConfig& config);

  // Whether set_web() could take it.
  static Result<void> check_web(const config::WebConfig& config);

  // Binds every address and serves. On an error nothing is bound; it names the address and the
  // reason.
  Result<void> start();

  // Takes no more requests, gives those that are being served some time to end, cuts off the rest,
  // and returns when no handler runs any more. A handler that does not return keeps it waiting.
  // Idempotent.
  void stop();

  // What is listened on, with the ports that the kernel chose; empty unless started.
  std::vector<std::string> addresses() const;

  ServerCounts counts() const;

 private:
  class Engine;

  ServerOptions options_;
  Router router_;
  Connections connections_;
  Reliever reliever_;
  std::shared_ptr<const Tls> tls_;  // null: plain HTTP
  std::unique_ptr<Engine> engine_;  // while started
};

}  // namespace pppol2tp::http
