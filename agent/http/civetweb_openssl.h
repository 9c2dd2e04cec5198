// Makes Debian's build of civetweb find Debian's OpenSSL.
//
// civetweb loads OpenSSL at run time, by names that were right for OpenSSL 1.1. The packages of
// Debian 12 (1.15) and 13 (1.16) still use them, so their TLS does not start:
//   - it opens "libssl.so" and "libcrypto.so", which only libssl-dev has; OpenSSL 3 is libssl.so.3
//   - it needs the function SSL_get_peer_certificate, which has another name in OpenSSL 3
// We are linked with OpenSSL 3 ourselves, so this program can provide both: our dlopen(), which
// takes precedence over the C library's, returns the program itself for these two names and passes
// on all other calls; a function with the old name calls the new one. The program exports both for
// this (agent/http/CMakeLists.txt). A civetweb built for OpenSSL 3 needs neither, and is not
// affected.
#pragma once

namespace pppol2tp::http {

// Whether civetweb can find both. False means that our program is linked wrongly.
bool offers_openssl_to_civetweb();

}  // namespace pppol2tp::http
