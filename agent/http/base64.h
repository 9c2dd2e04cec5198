// Base64 as Authorization headers have it (RFC 4648 4, with its padding).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pppol2tp::http {

// Nothing for what is not base64 from its first to its last letter.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace pppol2tp::http
