// A client's request. Views of memory that is valid while the request is served.
//
// The client wrote everything here: it is untrusted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pppol2tp::http {

struct Header {
  std::string_view name;
  std::string_view value;
};

struct Request {
  std::string_view method = {};
  std::string_view path = {};            // as sent: percent signs and dots are not decoded
  std::string_view query = {};           // as sent, without the question mark
  std::string_view client_address = {};  // empty if unknown
  bool is_http_1_0 = false;
  std::vector<Header> headers = {};

  bool is_head() const { return method == "HEAD"; }
  bool has_header(std::string_view name) const;

  // All values of a header, in the order sent, joined by ", " (RFC 9110 5.3); empty without any.
  // Names are compared without regard to case.
  std::string header(std::string_view name) const;
};

struct Parameter {
  std::string name;
  std::string value;
};

// The decoded parameters of a query, in the order sent: collect[]=ring&shard=1. A parameter without
// = has an empty value. A percent sign without two hex digits after it is kept as it is.
std::vector<Parameter> parse_query(std::string_view query);

}  // namespace pppol2tp::http
