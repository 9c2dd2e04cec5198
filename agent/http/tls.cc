#include "agent/http/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <utility>

#include "agent/base/concat.h"
#include "agent/base/file.h"

namespace pppol2tp::http {
namespace {

using config::ClientAuth;
using config::Curve;
using config::TlsVersion;

constexpr std::size_t kMaxPemBytes = 1 << 20;

template <auto Function>
struct FreeBy {
  template <typename Object>
  void operator()(Object* object) const {
    Function(object);
  }
};
using Bio = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, FreeBy<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, FreeBy<GENERAL_NAMES_free>>;

// OpenSSL's reason for this thread's latest failure.
Error fail_openssl(const std::string& what) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return fail(what, ": ", reason == nullptr ? "OpenSSL gives no reason" : reason);
}

// The value of a pair of keys, given as text or as a file.
struct Pem {
  std::string text;
  std::string where;  // for errors: the key, and the file
};

Result<Pem> pem_of(std::string_view key, const std::string& text, const std::string& file) {
  if (file.empty()) return Pem{text, concat("tls_server_config.", key)};
  auto contents = read_file(file, kMaxPemBytes);
  if (!contents) return contents.error().within("tls_server_config.", key, "_file");
  return Pem{*std::move(contents), concat("tls_server_config.", key, "_file: ", file)};
}

Bio reader_of(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// A private key with a passphrase is rejected; OpenSSL would ask for it on the terminal.
int give_no_passphrase(char*, int, int, void*) {
  return -1;
}

// Calls back for each certificate in the text; fails if there is none, or one is invalid.
template <typename Function>
Result<void> for_each_certificate(const Pem& pem, Function function) {
  const Bio bio = reader_of(pem.text);
  std::size_t count = 0;
  for (;; ++count) {
    const Certificate certificate(
        PEM_read_bio_X509(bio.get(), nullptr, give_no_passphrase, nullptr));
    if (!certificate) break;
    if (!function(certificate.get())) return fail_openssl(pem.where);
  }
  const bool is_at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!is_at_end) return fail_openssl(pem.where);
  ERR_clear_error();
  if (count == 0) return fail(pem.where, ": no certificate in it");
  return {};
}

int number_of(TlsVersion version) {
  return version == TlsVersion::TLS12 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

std::string_view group_of(Curve curve) {
  switch (curve) {
    case Curve::CurveP256:
      return "P-256";
    case Curve::CurveP384:
      return "P-384";
    case Curve::CurveP521:
      return "P-521";
    case Curve::X25519:
      return "X25519";
  }
  return {};
}

int verify_mode_of(ClientAuth auth) {
  switch (auth) {
    case ClientAuth::NoClientCert:
      return SSL_VERIFY_NONE;
    case ClientAuth::RequestClientCert:
    case ClientAuth::VerifyClientCertIfGiven:
      return SSL_VERIFY_PEER;
    case ClientAuth::RequireClientCert:
    case ClientAuth::RequireAnyClientCert:
    case ClientAuth::RequireAndVerifyClientCert:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

std::string text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

// As Go formats net.IP; empty if it is not an address.
std::string address_of(const ASN1_STRING* bytes) {
  const int family = ASN1_STRING_length(bytes) == 4    ? AF_INET
                     : ASN1_STRING_length(bytes) == 16 ? AF_INET6
                                                       : AF_UNSPEC;
  std::array<char, INET6_ADDRSTRLEN> text{};
  const char* const written =
      inet_ntop(family, ASN1_STRING_get0_data(bytes), text.data(), text.size());
  return written == nullptr ? "" : written;
}

std::string text_of(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
      return text_of(name.d.dNSName);
    case GEN_EMAIL:
      return text_of(name.d.rfc822Name);
    case GEN_URI:
      return text_of(name.d.uniformResourceIdentifier);
    case GEN_IPADD:
      return address_of(name.d.iPAddress);
    default:
      return {};
  }
}

}  // namespace

void SslContextFree::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}

Result<std::shared_ptr<const Tls>> Tls::create(const config::TlsConfig& config) {
  const std::shared_ptr<Tls> tls(new Tls(config));
  if (const auto loaded = tls->load(); !loaded) return loaded.error();
  return std::shared_ptr<const Tls>(tls);
}

Result<void> Tls::load() {
  ERR_clear_error();
  context_.reset(SSL_CTX_new(TLS_server_method()));
  if (!context_) return fail_openssl("TLS");
  if (auto done = load_certificate(); !done) return done;
  if (auto done = load_key(); !done) return done;
  if (auto done = load_client_ca(); !done) return done;
  return choose_algorithms();
}

Result<void> Tls::load_certificate() {
  const auto pem = pem_of("cert", config_.cert, config_.cert_file);
  if (!pem) return pem.error();
  bool is_first = true;
  return for_each_certificate(*pem, [&](X509* certificate) {
    return std::exchange(is_first, false)
               ? SSL_CTX_use_certificate(context_.get(), certificate) == 1
               : SSL_CTX_add1_chain_cert(context_.get(), certificate) == 1;
  });
}

Result<void> Tls::load_key() {
  const auto pem = pem_of("key", config_.key, config_.key_file);
  if (!pem) return pem.error();
  const Bio bio = reader_of(pem->text);
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_no_passphrase, nullptr));
  if (!key) return fail_openssl(concat(pem->where, ": no key without a passphrase in it"));
  // Fails if the key does not belong to the certificate.
  if (SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1) return fail_openssl(pem->where);
  return {};
}

Result<void> Tls::load_client_ca() {
  if (config_.client_ca.empty() && config_.client_ca_file.empty()) return {};
  const auto pem = pem_of("client_ca", config_.client_ca, config_.client_ca_file);
  if (!pem) return pem.error();
  X509_STORE* const store = SSL_CTX_get_cert_store(context_.get());
  // As in Go, listed certificates are trusted whether or not they are roots.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  return for_each_certificate(*pem, [&](X509* certificate) {
    return X509_STORE_add_cert(store, certificate) == 1 &&
           SSL_CTX_add_client_CA(context_.get(), certificate) == 1;
  });
}

Result<void> Tls::choose_algorithms() {
  for (const config::CipherSuite suite : config_.cipher_suites) {
    const STACK_OF(SSL_CIPHER)* const known = SSL_CTX_get_ciphers(context_.get());
    for (int i = 0; i < sk_SSL_CIPHER_num(known); ++i) {
      const SSL_CIPHER* const cipher = sk_SSL_CIPHER_value(known, i);
      if (SSL_CIPHER_standard_name(cipher) != config::to_text(suite)) continue;
      // This list does not apply to TLS 1.3.
      if (std::string_view(SSL_CIPHER_get_version(cipher)) == "TLSv1.3") continue;
      ciphers_ += concat(ciphers_.empty() ? "" : ":", SSL_CIPHER_get_name(cipher));
    }
  }
  for (const Curve curve : config_.curve_preferences) {
    groups_ += concat(groups_.empty() ? "" : ":", group_of(curve));
  }
  return {};
}

bool Tls::verifies_clients() const {
  return config_.client_auth == ClientAuth::VerifyClientCertIfGiven ||
         config_.client_auth == ClientAuth::RequireAndVerifyClientCert;
}

bool Tls::is_allowed(X509* certificate) const {
  const auto& allowed = config_.client_allowed_sans;
  if (allowed.empty()) return true;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string name = text_of(*sk_GENERAL_NAME_value(names.get(), i));
    if (std::find(allowed.begin(), allowed.end(), name) != allowed.end()) return true;
  }
  return false;
}

// SSL_set_SSL_CTX() copies certificate, key and trusted certificates, and nothing else.
bool Tls::apply_to(SSL* connection) const {
  SSL_set_SSL_CTX(connection, context_.get());
  SSL_set_verify(connection, verify_mode_of(config_.client_auth),
                 SSL_get_verify_callback(connection));
  if (config_.prefer_server_cipher_suites) {
    SSL_set_options(connection, SSL_OP_CIPHER_SERVER_PREFERENCE);
  }
  return SSL_set_min_proto_version(connection, number_of(config_.min_version)) == 1 &&
         SSL_set_max_proto_version(connection, number_of(config_.max_version)) == 1 &&
         (ciphers_.empty() || SSL_set_cipher_list(connection, ciphers_.c_str()) == 1) &&
         (groups_.empty() || SSL_set1_groups_list(connection, groups_.c_str()) == 1);
}

}  // namespace pppol2tp::http
