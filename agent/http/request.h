// What a client asked for. Views into memory that is valid while the request is served.
//
// Everything here was written by the client and is untrusted.
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
  std::string_view path = {};            // as sent: percent signs and dots are left alone
  std::string_view query = {};           // as sent, without the question mark
  std::string_view client_address = {};  // empty where it is not known
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

// The parameters of a query, decoded, in the order sent: collect[]=ring&shard=1. One without = has
// an empty value. A percent sign that two hex digits do not follow stands for itself.
std::vector<Parameter> parse_query(std::string_view query);

}  // namespace pppol2tp::http
