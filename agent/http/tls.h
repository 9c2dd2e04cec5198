// TLS for the server's connections, using OpenSSL.
//
//   Tls        the settings of one web configuration: certificate, key, versions, clients
//   TlsFront   given to civetweb for its whole run: gives each connection the Tls that is current
//              when it begins, and lists connections from the first byte of their handshake on
//
// Every connection makes a full handshake; sessions are not resumed. So a client whose certificate
// is no longer accepted is locked out at once.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/guarded.h"
#include "agent/base/result.h"
#include "agent/config/web_config.h"
#include "agent/http/connections.h"

// OpenSSL's own names for its types.
using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;
using X509 = struct x509_st;

namespace pppol2tp::http {

struct SslContextFree {
  void operator()(SSL_CTX* context) const;
};
using SslContext = std::unique_ptr<SSL_CTX, SslContextFree>;

// Immutable.
class Tls {
 public:
  // Reads the files. An error names the key of the web configuration, the file, and the reason; it
  // shows no part of a private key.
  static Result<std::shared_ptr<const Tls>> create(const config::TlsConfig& config);

  // Applies these settings to a connection whose handshake has just begun.
  bool apply_to(SSL* connection) const;

  bool verifies_clients() const;

  // Whether a client's certificate has one of client_allowed_sans; true if none are set.
  bool is_allowed(X509* certificate) const;

 private:
  explicit Tls(const config::TlsConfig& config) : config_(config) {}

  Result<void> load();
  Result<void> load_certificate();
  Result<void> load_key();
  Result<void> load_client_ca();
  Result<void> choose_algorithms();

  const config::TlsConfig config_;
  SslContext context_;
  std::string ciphers_;  // as SSL_set_cipher_list() takes them; empty: the default
  std::string groups_;   // as SSL_set1_groups_list() takes them; empty: the default
};

class TlsFront {
 public:
  TlsFront(std::shared_ptr<const Tls> tls, Connections& connections);
  ~TlsFront();
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  // Applies to connections that begin from now on. Any thread.
  void set(std::shared_ptr<const Tls> tls) { *tls_.lock() = std::move(tls); }

  // The SSL_CTX for civetweb. The front owns it.
  SSL_CTX* context() const { return context_.get(); }

  // The entry of the connection whose handshake this thread has just completed; the caller owns it
  // now. Null if there was none.
  static Connections::Entry* take_entry();

 private:
  struct Handshake;
  friend struct Handshake;

  static int on_client_hello(SSL* connection, int* alert, void* front) noexcept;
  static void on_state(const SSL* connection, int where, int value) noexcept;
  void begin(SSL* connection);

  SslContext context_;
  Guarded<std::shared_ptr<const Tls>> tls_;
  Connections& connections_;
};

}  // namespace pppol2tp::http
