#include <openssl/ssl.h>
#include <sys/socket.h>

#include <utility>

#include "agent/base/clock.h"
#include "agent/http/tls.h"

namespace pppol2tp::http {
namespace {

// A handshake and what follows it run on one of civetweb's threads.
thread_local Connections::Entry* entry_of_this_thread = nullptr;

}  // namespace

// What is known about a connection while OpenSSL handles it.
struct TlsFront::Handshake {
  Connections& connections;
  Connections::Entry* entry;       // null once the handshake is done
  std::shared_ptr<const Tls> tls;  // null before the client's first message

  ~Handshake() {
    if (entry != nullptr) connections.remove(entry);
  }

  // OpenSSL's storage for it in each connection; freed with the connection, before its socket is
  // closed.
  static int index() {
    static const int number =
        SSL_get_ex_new_index(0, nullptr, nullptr, nullptr,
                             [](void*, void* handshake, CRYPTO_EX_DATA*, int, long, void*) {
                               delete static_cast<Handshake*>(handshake);
                             });
    return number;
  }
  static Handshake* of(const SSL* connection) {
    return static_cast<Handshake*>(SSL_get_ex_data(connection, index()));
  }
};

namespace {

int front_index() {
  static const int number = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return number;
}

}  // namespace

TlsFront::TlsFront(std::shared_ptr<const Tls> tls, Connections& connections)
    : context_(SSL_CTX_new(TLS_server_method())), tls_(std::move(tls)), connections_(connections) {
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_ex_data(context, front_index(), this);
  SSL_CTX_set_client_hello_cb(context, on_client_hello, this);
  SSL_CTX_set_info_callback(context, on_state);
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, [](int is_verified, X509_STORE_CTX* store) {
    const auto* const connection = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const Tls& settings = *Handshake::of(connection)->tls;
    if (!is_verified && settings.verifies_clients()) return 0;
    const bool is_leaf = X509_STORE_CTX_get_error_depth(store) == 0;
    return !is_leaf || settings.is_allowed(X509_STORE_CTX_get_current_cert(store)) ? 1 : 0;
  });
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}

TlsFront::~TlsFront() = default;

Connections::Entry* TlsFront::take_entry() {
  return std::exchange(entry_of_this_thread, nullptr);
}

void TlsFront::begin(SSL* connection) {
  const int socket = SSL_get_fd(connection);
  const auto shut_down = [socket] { return ::shutdown(socket, SHUT_RDWR) == 0; };
  Connections::Entry* const entry = connections_.add(shut_down, system_clock().monotonic());
  SSL_set_ex_data(connection, Handshake::index(), new Handshake{connections_, entry, nullptr});
}

// Called by OpenSSL during a handshake; the first time before any of it is read.
void TlsFront::on_state(const SSL* connection, int where, int) noexcept {
  Handshake* const handshake = Handshake::of(connection);
  if ((where & SSL_CB_HANDSHAKE_START) != 0 && handshake == nullptr) {
    auto* const front =
        static_cast<TlsFront*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), front_index()));
    front->begin(const_cast<SSL*>(connection));  // OpenSSL's own object is not const
  }
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0 && handshake != nullptr && handshake->entry != nullptr) {
    entry_of_this_thread = std::exchange(handshake->entry, nullptr);
  }
}

int TlsFront::on_client_hello(SSL* connection, int* alert, void* front) noexcept {
  Handshake* const handshake = Handshake::of(connection);
  *alert = SSL_AD_INTERNAL_ERROR;
  if (handshake == nullptr) return SSL_CLIENT_HELLO_ERROR;
  handshake->tls = *static_cast<TlsFront*>(front)->tls_.lock();
  return handshake->tls->apply_to(connection) ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
}

}  // namespace pppol2tp::http
