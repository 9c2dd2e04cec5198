#include "agent/http/civetweb_openssl.h"

#include <dlfcn.h>
#include <openssl/ssl.h>

#include <string_view>

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED void* dlopen(const char* name, int flags) {
  using Dlopen = void* (*)(const char*, int);
  static const auto next = reinterpret_cast<Dlopen>(dlsym(RTLD_NEXT, "dlopen"));
  const std::string_view wanted = name == nullptr ? "" : name;
  const bool is_openssl = wanted == "libssl.so" || wanted == "libcrypto.so";
  return next(is_openssl ? nullptr : name, flags);
}

#undef SSL_get_peer_certificate
EXPORTED X509* SSL_get_peer_certificate(const SSL* connection) {
  return SSL_get1_peer_certificate(connection);
}

namespace pppol2tp::http {

bool offers_openssl_to_civetweb() {
  return dlsym(RTLD_DEFAULT, "dlopen") == reinterpret_cast<void*>(dlopen) &&
         dlsym(RTLD_DEFAULT, "SSL_get_peer_certificate") ==
             reinterpret_cast<void*>(SSL_get_peer_certificate);
}

}  // namespace pppol2tp::http
