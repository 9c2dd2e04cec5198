// Content negotiation (RFC 9110 12): which of our representations a client prefers.
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

// The offer that an Accept header rates highest; the first of equally rated ones. Without a header
// all are equal. None if it excludes them all.
//
// A range with another version than the offer's does not match it; parameters other than version
// and q (charset, escaping) are ignored.
std::optional<std::size_t> choose(std::string_view accept, std::span<const MediaType> offers);

// Whether an Accept-Encoding header allows `coding`, by name or by *. Without a header: no.
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace pppol2tp::http
