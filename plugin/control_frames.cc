#include "plugin/control_frames.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

constexpr std::size_t kHdlcBytes = 2;    // address, control
constexpr std::size_t kHeaderBytes = 4;  // code, identifier, length (two bytes)
constexpr std::uint16_t kLastNetworkProtocol = 0x3fff;

constexpr std::uint16_t big_endian_16(const std::uint8_t* bytes) {
  return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

bool parse_packet(const std::uint8_t* bytes, std::size_t count, ControlPacket* packet) {
  if (count < kHeaderBytes) {
    return false;
  }
  const std::size_t stated = big_endian_16(bytes + 2);
  if (stated < kHeaderBytes || stated > count) {
    return false;
  }
  *packet = {bytes[0], bytes[1], bytes + kHeaderBytes, stated - kHeaderBytes};
  return true;
}

FrameKind kind_of(std::uint16_t protocol) {
  switch (protocol) {
    case kProtocolLcp:
      return kFrameLcp;
    case kProtocolPap:
    case kProtocolChap:
    case kProtocolEap:
      return kFrameAuthentication;
    default:
      return kFrameOther;
  }
}

bool is_plain(std::uint8_t byte) {
  return byte >= 0x20 && byte < 0x7f && byte != '\\';
}

// Writes up to four characters for one byte; returns how many.
std::size_t escape(std::uint8_t byte, char (&out)[4]) {
  constexpr char kDigits[] = "0123456789abcdef";
  if (is_plain(byte)) {
    out[0] = static_cast<char>(byte);
    return 1;
  }
  out[0] = '\\';
  if (byte == '\\') {
    out[1] = '\\';
    return 2;
  }
  out[1] = 'x';
  out[2] = kDigits[byte >> 4];
  out[3] = kDigits[byte & 0xf];
  return 4;
}

}  // namespace

FrameKind classify_frame(const std::uint8_t* frame, std::size_t bytes, std::uint16_t* protocol,
                         ControlPacket* packet) {
  if (bytes <= kHdlcBytes) {
    return kFrameOther;
  }
  const std::uint8_t* rest = frame + kHdlcBytes;
  std::size_t left = bytes - kHdlcBytes;
  if ((rest[0] & 1) != 0) {  // compressed to one byte: RFC 1661, section 6.5
    *protocol = rest[0];
    return kFrameNetwork;  // one byte holds at most 0xff
  }
  if (left < 2) {
    return kFrameOther;
  }
  *protocol = big_endian_16(rest);
  if (*protocol <= kLastNetworkProtocol) {
    return kFrameNetwork;
  }
  const FrameKind kind = kind_of(*protocol);
  return kind != kFrameOther && parse_packet(rest + 2, left - 2, packet) ? kind : kFrameOther;
}

int next_lcp_option(LcpOptions* options, LcpOption* option) {
  if (options->bytes_left < 2) {
    return 0;
  }
  const std::uint8_t bytes = options->next[1];
  if (bytes < 2 || bytes > options->bytes_left) {
    return 0;
  }
  *option = {options->next[0], bytes, options->next + 2};
  options->next += bytes;
  options->bytes_left -= bytes;
  return 1;
}

void copy_printable(const std::uint8_t* text, std::size_t text_bytes, char* out,
                    std::size_t out_bytes) {
  if (out_bytes == 0) {
    return;
  }
  std::size_t used = 0;
  for (std::size_t i = 0; i < text_bytes; ++i) {
    char piece[4];
    const std::size_t length = escape(text[i], piece);
    if (used + length >= out_bytes) {
      break;
    }
    std::memcpy(out + used, piece, length);
    used += length;
  }
  out[used] = '\0';
}
