// Base64 as in Authorization headers (RFC 4648 4, with padding).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pppol2tp::http {

// nullopt unless the whole text is valid base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace pppol2tp::http
