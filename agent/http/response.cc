#include "agent/http/response.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "agent/base/concat.h"
#include "agent/http/text.h"

namespace pppol2tp::http {
namespace {

// Smaller pieces are cheaper to copy than to send with their own system call.
constexpr std::size_t kGatherBelow = 8 * 1024;
constexpr std::size_t kGatherUpTo = 32 * 1024;

constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Allows only our own style sheet: our pages have no scripts, images, forms or other resources.
constexpr std::string_view kHtmlPolicy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

// In the form of RFC 9110 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 40> text{};
  const std::size_t length =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text.data(), length};
}

std::string hex(std::size_t number) {
  std::array<char, 2 * sizeof number> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

std::string chunk(std::string_view piece) {
  return concat(hex(piece.size()), "\r\n", piece, "\r\n");
}

}  // namespace

void ResponseWriter::set_header(std::string_view name, std::string_view value) {
  std::string clean(value);
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return (c >= 0 && c < ' ') || c == 127; }, ' ');
  for (Field& field : headers_) {
    if (equal_ignoring_case(field.name, name)) {
      field.value = std::move(clean);
      return;
    }
  }
  headers_.push_back({std::string(name), std::move(clean)});
}

bool ResponseWriter::send(std::string_view body) {
  return begin(body.size()) && write(body) && flush() && put({});
}

bool ResponseWriter::begin(std::optional<std::uint64_t> length) {
  has_begun_ = true;
  promised_ = length;
  is_chunked_ = !length && !is_http_1_0_;
  to_go_before_ = head(length);
  return !is_head_ || put({});
}

bool ResponseWriter::write(std::string_view piece) {
  if (is_broken_) return false;
  if (is_head_ || piece.empty()) return true;
  written_ += piece.size();
  if (promised_ && written_ > *promised_) {
    is_broken_ = true;
    return false;
  }
  if (piece.size() >= kGatherBelow) return flush() && put_piece(piece);
  gathered_ += piece;
  return gathered_.size() < kGatherUpTo || flush();
}

bool ResponseWriter::write_last_in_room(std::span<char> piece) {
  static_assert(kLastChunk.size() + 2 == kRoomAfter);
  has_ended_ = can_be_framed(piece);  // otherwise finish() sends the end
  return write_framed(piece, concat("\r\n", kLastChunk));
}

bool ResponseWriter::write_framed(std::span<char> piece, std::string_view frame_end) {
  if (!can_be_framed(piece)) return write({piece.data(), piece.size()});
  if (!flush()) return false;
  std::string before = concat(to_go_before_, hex(piece.size()), "\r\n");
  if (before.size() > kRoomBefore) {
    if (!put({})) return false;
    before = concat(hex(piece.size()), "\r\n");
  }
  written_ += piece.size();
  to_go_before_.clear();
  char* const begin = piece.data() - before.size();
  std::copy(before.begin(), before.end(), begin);
  char* const end = std::copy(frame_end.begin(), frame_end.end(), piece.data() + piece.size());
  is_broken_ = !output_.write({begin, static_cast<std::size_t>(end - begin)});
  return !is_broken_;
}

void ResponseWriter::start_over() {
  status_ = 200;
  headers_.clear();
}

bool ResponseWriter::finish() {
  if (!has_begun_) begin(0);
  if (is_head_) return !is_broken_;
  if (promised_ && written_ != *promised_) is_broken_ = true;
  if (is_chunked_ && !has_ended_) {  // with what was gathered, in one write
    if (!gathered_.empty()) to_go_before_ += chunk(gathered_);
    gathered_.clear();
    to_go_before_ += kLastChunk;
  }
  return flush() && put({});
}

bool ResponseWriter::has_header(std::string_view name) const {
  return std::any_of(headers_.begin(), headers_.end(),
                     [&](const Field& field) { return equal_ignoring_case(field.name, name); });
}

std::string ResponseWriter::head(std::optional<std::uint64_t> length) const {
  std::string out = concat("HTTP/1.1 ", status_, ' ', reason_of(status_), "\r\nDate: ", http_date(),
                           "\r\nConnection: close\r\n");
  const auto add_unless_set = [&](std::string_view name, std::string_view value) {
    if (!has_header(name)) out += concat(name, ": ", value, "\r\n");
  };
  add_unless_set("X-Content-Type-Options", "nosniff");
  add_unless_set("Cache-Control", "no-store");
  for (const Field& field : headers_) {
    out += concat(field.name, ": ", field.value, "\r\n");
    const bool is_html =
        equal_ignoring_case(field.name, "Content-Type") &&
        equal_ignoring_case(std::string_view(field.value).substr(0, 9), "text/html");
    if (is_html) add_unless_set("Content-Security-Policy", kHtmlPolicy);
  }
  if (length) out += concat("Content-Length: ", *length, "\r\n");
  if (is_chunked_) out += "Transfer-Encoding: chunked\r\n";
  out += "\r\n";
  return out;
}

// Framing a small piece in place would save a copy, but cost a system call.
bool ResponseWriter::can_be_framed(std::span<const char> piece) const {
  return is_chunked_ && !is_head_ && piece.size() >= kGatherBelow;
}

bool ResponseWriter::flush() {
  if (gathered_.empty()) return !is_broken_;
  const bool is_taken = put_piece(gathered_);
  gathered_.clear();
  return is_taken;
}

// A piece of the body, framed as a chunk if chunks are used.
bool ResponseWriter::put_piece(std::string_view piece) {
  if (!is_chunked_) return put(piece);
  if (piece.size() < kGatherUpTo) {
    to_go_before_ += chunk(piece);
    return put({});
  }
  to_go_before_ += concat(hex(piece.size()), "\r\n");
  if (!put(piece)) return false;
  to_go_before_ = "\r\n";
  return true;
}

bool ResponseWriter::put(std::string_view bytes) {
  if (is_broken_) return false;
  bool is_taken = true;
  if (bytes.size() < kGatherUpTo) {
    to_go_before_ += bytes;
    if (!to_go_before_.empty()) is_taken = output_.write(to_go_before_);
  } else {
    if (!to_go_before_.empty()) is_taken = output_.write(to_go_before_);
    is_taken = is_taken && output_.write(bytes);
  }
  to_go_before_.clear();
  is_broken_ = !is_taken;
  return is_taken;
}

}  // namespace pppol2tp::http
