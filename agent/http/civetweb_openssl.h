// Lets civetweb as Debian builds it find the OpenSSL that Debian has.
//
// civetweb loads OpenSSL at run time, by names that were right for OpenSSL 1.1. The packages of
// Debian 12 (1.15) and 13 (1.16) still have them, so no TLS of theirs starts:
//   - it opens "libssl.so" and "libcrypto.so", which only libssl-dev has; OpenSSL 3 is libssl.so.3
//   - it wants the function SSL_get_peer_certificate, which OpenSSL 3 has under another name
// We are linked with OpenSSL 3 ourselves, so both can be had from within this program: our
// dlopen(), which goes before the C library's, answers those two names by the program itself and
// hands everything else on, and a function of the old name stands for the new one. For this the
// program exports both (agent/http/CMakeLists.txt). A civetweb that is built for OpenSSL 3 needs
// neither, and is not disturbed.
#pragma once

namespace pppol2tp::http {

// Whether the two are in place for civetweb to find. False would be a mistake of our own linking.
bool offers_openssl_to_civetweb();

}  // namespace pppol2tp::http
