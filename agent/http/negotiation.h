// Content negotiation (RFC 9110 12): which of our representations a client likes best.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace pppol2tp::http {

// A representation that we have: {"text/plain", "0.0.4"}.
struct MediaType {
  std::string_view type;
  std::string_view version;  // its parameter `version`
};

// The offer that an Accept header rates highest; of those that it rates equal, the first. Without a
// header all are equal. None when it refuses them all.
//
// A range that names another version than the offer's does not match it; parameters besides version
// and q (charset, escaping) are not looked at.
std::optional<std::size_t> choose(std::string_view accept, std::span<const MediaType> offers);

// Whether an Accept-Encoding header takes `coding`, by name or by *. Without a header, none is
// taken.
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace pppol2tp::http
