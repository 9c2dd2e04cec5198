#include "agent/http/server.h"

#include <civetweb.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "agent/base/clock.h"
#include "agent/base/fd.h"
#include "agent/base/guarded.h"
#include "agent/base/log.h"
#include "agent/base/signal_mask.h"
#include "agent/http/civetweb_openssl.h"
#include "agent/http/listener.h"
#include "agent/http/open_sockets.h"
#include "agent/http/stack_pages.h"

namespace pppol2tp::http {
namespace {

// While stopping, new requests are refused; those in progress have this long to end.
constexpr std::chrono::seconds kStopPatience(2);

// Room for a request's head. Prometheus sends 400 bytes, a browser with cookies some 2000.
constexpr const char* kMaxRequestBytes = "8192";

// The most that is written at a time: each part that the client accepts shows that it still reads.
constexpr std::size_t kPartBytes = 256 * 1024;

std::string_view view(const char* text) {
  return text == nullptr ? std::string_view() : text;
}

Request request_of(const mg_request_info& info) {
  Request request;
  request.method = view(info.request_method);
  request.path = view(info.local_uri_raw);
  request.query = view(info.query_string);
  request.client_address = view(info.remote_addr);
  request.is_http_1_0 = view(info.http_version) == "1.0";
  for (int i = 0; i < info.num_headers; ++i) {
    request.headers.push_back({view(info.http_headers[i].name), view(info.http_headers[i].value)});
  }
  return request;
}

// civetweb shows neither the socket nor, before on_connection() has returned, its addresses. They
// were known before that, and do not change while the connection is open.
//
// If civetweb is built without IPv6 (Debian 12), it still serves IPv6 connections on our sockets,
// but does not know their addresses. So they cannot be shut down, and stay until their time-out.
bool shut_down(const mg_connection* connection) {
  const mg_request_info* const info = mg_get_request_info(connection);
  if (info == nullptr || *info->remote_addr == '\0') return false;
  const auto socket =
      find_connected_socket({.address = info->remote_addr,
                             .port = static_cast<std::uint16_t>(info->remote_port),
                             .local_port = static_cast<std::uint16_t>(info->server_port)});
  return socket && ::shutdown(*socket, SHUT_RDWR) == 0;
}

// Writes to one of civetweb's connections.
class ConnectionOutput final : public Output {
 public:
  ConnectionOutput(mg_connection* connection, Connections& connections, Connections::Entry* entry)
      : connection_(connection), connections_(connections), entry_(entry) {}

  bool write(std::string_view bytes) override {
    bool is_taken = true;
    while (is_taken && !bytes.empty()) {
      const std::string_view part = bytes.substr(0, kPartBytes);
      set_doing(Doing::writing);
      is_taken = mg_write(connection_, part.data(), part.size()) == static_cast<int>(part.size());
      bytes.remove_prefix(part.size());
    }
    set_doing(Doing::handling);
    return is_taken;
  }

  void set_doing(Doing doing) { connections_.set_doing(entry_, doing, system_clock().monotonic()); }

 private:
  mg_connection* connection_;
  Connections& connections_;
  Connections::Entry* entry_;
};

struct Setting {
  const char* name;
  std::string value;
};

// Without a document_root, everything that serves files, scripts or directories is off. It could
// not be reached anyway: on_request() answers every request.
std::vector<Setting> settings_of(const ServerOptions& options, std::size_t sockets, bool is_tls) {
  const std::string_view port = is_tls ? "127.0.0.1:0s" : "127.0.0.1:0";
  std::string ports;
  for (std::size_t i = 0; i < sockets; ++i) ports += concat(i == 0 ? "" : ",", port);
  return {{"listening_ports", ports},
          {"num_threads", concat(options.threads)},
          {"request_timeout_ms", concat(options.request_timeout.count())},
          {"max_request_size", kMaxRequestBytes},
          {"tcp_nodelay", "1"},
          {"enable_keep_alive", "no"},
          {"enable_directory_listing", "no"},
          {"access_control_allow_origin", ""},
          {"access_control_allow_methods", ""},
          // Paths are compared as they were sent.
          {"decode_url", "no"},
          // Otherwise an absolute URI would have to contain our host name, which we do not know.
          {"enable_auth_domain_check", "no"}};
}

}  // namespace

// One run of civetweb. Its callbacks are called from C: they must not throw.
class Server::Engine {
 public:
  Engine(Router& router, Connections& connections) : router_(router), connections_(connections) {}
  ~Engine() { stop(); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // `tls` null: plain HTTP.
  Result<void> start(const ServerOptions& options, std::shared_ptr<const Tls> tls);
  bool is_tls() const { return tls_front_.has_value(); }
  void set_tls(std::shared_ptr<const Tls> tls) { tls_front_->set(std::move(tls)); }
  std::vector<std::string> addresses() const;

 private:
  static Engine& engine_of(const mg_connection* connection) {
    return *static_cast<Engine*>(mg_get_user_context_data(connection));
  }
  static Connections::Entry* entry_of(const mg_connection* connection) {
    return static_cast<Connections::Entry*>(mg_get_user_connection_data(connection));
  }
  static mg_callbacks callbacks();

  static void on_context(const mg_context* context) noexcept;
  static int give_ssl_context(void** context, void* engine) noexcept;
  static int on_connection(const mg_connection* connection, void** connection_data) noexcept;
  static void on_close(const mg_connection* connection) noexcept;
  static int on_request(mg_connection* connection) noexcept;
  static int on_bad_request(mg_connection* connection, int status, const char* text) noexcept;
  static int on_message(const mg_connection* connection, const char* message) noexcept;

  Result<void> start_civetweb(const ServerOptions& options);
  Result<void> replace_sockets(const mg_context* context);
  void stop();

  Router& router_;
  Connections& connections_;
  std::vector<Fd> listeners_;
  Fd wakeup_;
  std::optional<TlsFront> tls_front_;
  bool is_initialized_ = false;
  mg_context* context_ = nullptr;
  Result<void> sockets_replaced_;
  Guarded<std::string> last_message_;
};

Result<void> Server::Engine::start(const ServerOptions& options, std::shared_ptr<const Tls> tls) {
  if (tls && !offers_openssl_to_civetweb()) return fail("civetweb cannot find OpenSSL");
  if (tls) tls_front_.emplace(std::move(tls), connections_);
  for (const std::string& address : options.listen) {
    auto opened = open_listeners(address);
    if (!opened) return opened.error();
    std::move(opened->begin(), opened->end(), std::back_inserter(listeners_));
  }
  wakeup_ = Fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wakeup_) return fail_errno(errno, "eventfd");
  return start_civetweb(options);
}

Result<void> Server::Engine::start_civetweb(const ServerOptions& options) {
  mg_init_library(MG_FEATURES_DEFAULT);
  is_initialized_ = true;
  const auto settings =
      settings_of(options, listeners_.size() + 1, is_tls());  // see replace_sockets()
  std::vector<const char*> words;
  for (const Setting& setting : settings) {
    words.push_back(setting.name);
    words.push_back(setting.value.c_str());
  }
  words.push_back(nullptr);
  const mg_callbacks functions = callbacks();
  {
    const AllSignalsBlocked blocked;
    context_ = mg_start(&functions, this, words.data());
  }
  if (context_ == nullptr) {
    return fail("cannot start the HTTP server: ", *last_message_.lock());
  }
  return sockets_replaced_;
}

// civetweb listens on sockets that it opens and keeps itself. We start it on temporary ports of the
// loopback interface, and then put our sockets in place of its own, under the same descriptor
// numbers, before it uses them. One of them becomes an eventfd, which wakes the thread that waits
// for all of them when it should stop.
Result<void> Server::Engine::replace_sockets(const mg_context* context) {
  std::vector<mg_server_port> ports(listeners_.size() + 1);
  const int count = mg_get_server_ports(context, static_cast<int>(ports.size()), ports.data());
  if (count != static_cast<int>(ports.size())) return fail("civetweb does not tell its ports");
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto theirs = find_listening_socket(static_cast<std::uint16_t>(ports[i].port));
    if (!theirs)
      return fail("civetweb's socket for port ", ports[i].port, " is not in /proc/self/fd");
    const Fd& ours = i < listeners_.size() ? listeners_[i] : wakeup_;
    if (dup3(ours.get(), *theirs, O_CLOEXEC) < 0) return fail_errno(errno, "dup3");
  }
  return {};
}

void Server::Engine::stop() {
  if (context_ != nullptr) {
    router_.set_closed(true);
    connections_.shut_down_idle();
    connections_.wait_until_none(kStopPatience);
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wakeup_.get(), &one, sizeof one);
    connections_.shut_down_all();
    mg_stop(context_);
    context_ = nullptr;
  }
  if (is_initialized_) mg_exit_library();
  is_initialized_ = false;
}

std::vector<std::string> Server::Engine::addresses() const {
  std::vector<std::string> out;
  for (const Fd& listener : listeners_) out.push_back(bound_address(listener));
  return out;
}

mg_callbacks Server::Engine::callbacks() {
  mg_callbacks functions{};
  functions.init_context = on_context;
  functions.external_ssl_ctx = give_ssl_context;
  functions.init_connection = on_connection;
  functions.connection_close = on_close;
  functions.begin_request = on_request;
  functions.http_error = on_bad_request;
  functions.log_message = on_message;
  return functions;
}

// Runs in mg_start(), after the sockets are made and before any thread starts (both 1.15 and 1.16).
void Server::Engine::on_context(const mg_context* context) noexcept {
  auto& engine = *static_cast<Engine*>(mg_get_user_data(context));
  engine.sockets_replaced_ = engine.replace_sockets(context);
}

// Called when TLS starts, and again at the end: whether civetweb should free the context. Never.
int Server::Engine::give_ssl_context(void** context, void* engine) noexcept {
  *context = static_cast<Engine*>(engine)->tls_front_->context();
  return 1;
}

int Server::Engine::on_connection(const mg_connection* connection,
                                  void** connection_data) noexcept {
  Connections& connections = engine_of(connection).connections_;
  const auto now = system_clock().monotonic();
  Connections::Entry* entry = TlsFront::take_entry();
  if (entry != nullptr) {
    connections.set_doing(entry, Doing::awaiting_request, now);
  } else {
    entry = connections.add([connection] { return shut_down(connection); }, now);
  }
  *connection_data = entry;
  return 0;
}

// Just before the socket is closed.
void Server::Engine::on_close(const mg_connection* connection) noexcept {
  // None if the connection failed before on_connection(), in a TLS handshake.
  if (auto* entry = entry_of(connection)) engine_of(connection).connections_.remove(entry);
  return_unused_stack_pages();
}

int Server::Engine::on_request(mg_connection* connection) noexcept {
  Engine& engine = engine_of(connection);
  // Also keeps civetweb from reading a body to its end, which a client could drag out for ever.
  mg_disable_connection_keep_alive(connection);
  ConnectionOutput output(connection, engine.connections_, entry_of(connection));
  output.set_doing(Doing::handling);
  engine.router_.dispatch(request_of(*mg_get_request_info(connection)), output);
  return 1;  // served; anything from 1 to 999
}

// Called if civetweb could not parse a request.
int Server::Engine::on_bad_request(mg_connection* connection, int status,
                                   const char* text) noexcept {
  Engine& engine = engine_of(connection);
  ConnectionOutput output(connection, engine.connections_, entry_of(connection));
  engine.router_.refuse(
      status, concat(view(text), "; a head has ", kMaxRequestBytes, " bytes at most"), output);
  return 0;  // answered
}

int Server::Engine::on_message(const mg_connection* connection, const char* message) noexcept {
  *engine_of(connection).last_message_.lock() = view(message);
  log::debug("civetweb", {{"message", view(message)}});
  return 1;  // logged
}

Server::Server(ServerOptions options)
    : options_(std::move(options)), connections_(options_.threads), reliever_(connections_) {}

Server::~Server() {
  stop();
}

void Server::route(std::string path, Methods methods, Handler handler) {
  router_.add(std::move(path), methods, std::move(handler));
}

Result<void> Server::set_web(const config::WebConfig& config) {
  if (engine_ && engine_->is_tls() != config.tls.is_enabled()) {
    return fail("TLS is switched ", config.tls.is_enabled() ? "on" : "off",
                " by a restart of the agent, not by a reload");
  }
  std::shared_ptr<const Tls> tls;
  if (config.tls.is_enabled()) {
    auto created = Tls::create(config.tls);
    if (!created) return created.error();
    tls = *std::move(created);
  }
  router_.set_gate(std::make_shared<Gate>(config));
  tls_ = tls;
  if (engine_ && tls) engine_->set_tls(std::move(tls));
  return {};
}

Result<void> Server::check_web(const config::WebConfig& config) {
  if (!config.tls.is_enabled()) return {};
  const auto created = Tls::create(config.tls);
  return created ? Result<void>() : created.error();
}

Result<void> Server::start() {
  auto engine = std::make_unique<Engine>(router_, connections_);
  router_.set_closed(false);
  if (auto started = engine->start(options_, tls_); !started) return started.error();
  engine_ = std::move(engine);
  return {};
}

void Server::stop() {
  engine_.reset();
}

std::vector<std::string> Server::addresses() const {
  return engine_ ? engine_->addresses() : std::vector<std::string>();
}

ServerCounts Server::counts() const {
  return {router_.counts(), connections_.counts()};
}

}  // namespace pppol2tp::http
