#include "agent/http/request.h"

#include <algorithm>

#include "agent/http/text.h"

namespace pppol2tp::http {

bool Request::has_header(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const Header& header) { return equal_ignoring_case(header.name, name); });
}

std::string Request::header(std::string_view name) const {
  std::string out;
  for (const Header& header : headers) {
    if (!equal_ignoring_case(header.name, name)) continue;
    if (!out.empty()) out += ", ";
    out += header.value;
  }
  return out;
}

}  // namespace pppol2tp::http
