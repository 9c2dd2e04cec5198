// The agent's HTTP server: GET and HEAD on exact paths, no files, no bodies, no keep-alive.
//
// Uses civetweb, which only server.cc knows, for parsing requests, for threads, and for reading and
// writing TLS connections. The listening sockets are our own: civetweb neither says why it cannot
// bind one, nor lets us set its options.
//
// Threads: one of the caller's threads makes, starts, stops and destroys the server. Handlers run
// on the server's threads. Any thread may call counts(). Block all signals that the program handles
// before start(). From then on SIGPIPE is ignored in the whole process.
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
  std::vector<std::string> listen;  // words for open_listeners()
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

  // Call before start().
  void route(std::string path, Methods methods, Handler handler);

  // The web configuration: users, headers, TLS. Call before start(), or at any time while started:
  // it applies to requests and TLS connections that begin afterwards. On an error nothing changes;
  // the error names key, file and reason. TLS cannot be switched on or off while started.
  Result<void> set_web(const config::WebConfig& config);

  // Whether set_web() would succeed.
  static Result<void> check_web(const config::WebConfig& config);

  // Binds all addresses and serves. On an error nothing is bound; the error names the address and
  // the reason.
  Result<void> start();

  // Accepts no more requests, gives those in progress some time to end, cuts off the rest, and
  // returns when no handler runs any more. A handler that does not return blocks it. Idempotent.
  void stop();

  // The listening addresses, with the ports that the kernel chose; empty unless started.
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
