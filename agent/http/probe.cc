#include "agent/http/probe.h"

#include <civetweb.h>

#include <array>
#include <memory>

namespace pppol2tp::http {
namespace {

constexpr int kPatienceMs = 3000;

struct Close {
  void operator()(mg_connection* connection) const { mg_close_connection(connection); }
};

}  // namespace

Result<int> probe(const std::string& host, std::uint16_t port, const std::string& path) {
  mg_init_library(MG_FEATURES_DEFAULT);
  std::array<char, 256> why{};
  const std::unique_ptr<mg_connection, Close> connection(
      mg_connect_client(host.c_str(), port, /*use_ssl=*/0, why.data(), why.size()));
  if (!connection) return fail(why.data());
  mg_printf(connection.get(), "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
            path.c_str(), host.c_str());
  if (mg_get_response(connection.get(), why.data(), why.size(), kPatienceMs) < 0) {
    return fail("no HTTP answer", why[0] != '\0' ? ": " : "", why.data());
  }
  return mg_get_response_info(connection.get())->status_code;
}

}  // namespace pppol2tp::http
