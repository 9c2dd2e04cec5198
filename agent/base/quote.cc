#include "agent/base/quote.h"

namespace pppol2tp {
namespace {

void append_escaped(std::string& out, char byte) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (byte) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    default:
      break;
  }
  if (byte >= ' ' && byte <= '~') {
    out += byte;
    return;
  }
  const auto value = static_cast<unsigned char>(byte);
  out += "\\x";
  out += kHex[value >> 4];
  out += kHex[value & 15];
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char byte : text) append_escaped(out, byte);
  return out;
}

std::string in_quotes(std::string_view text, std::size_t limit) {
  std::string out = '"' + escaped(text.substr(0, limit)) + '"';
  if (text.size() > limit) out += "...";
  return out;
}

}  // namespace pppol2tp
