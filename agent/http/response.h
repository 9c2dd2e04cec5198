// An answer to a client. A handler sets status and headers, then sends the body in one of two ways:
// whole by send(), or in pieces by begin() and write(). After that, headers cannot be changed.
//
// Every answer has X-Content-Type-Options, Cache-Control: no-store and Connection: close. HTML has
// a Content-Security-Policy that allows only our own style sheet. The handler can set these headers
// otherwise. A HEAD request gets the same head and no body, whatever the handler writes.
//
// One thread, for the duration of one request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pppol2tp::http {

// Where the bytes go.
class Output {
 public:
  virtual ~Output() = default;

  // Blocks until all of it is accepted. False: the client is gone or too slow, and accepts no more.
  virtual bool write(std::string_view bytes) = 0;
};

class ResponseWriter {
 public:
  // is_http_1_0: the client does not know chunks; a body of unknown length ends when the connection
  // is closed.
  ResponseWriter(Output& output, bool is_head, bool is_http_1_0)
      : output_(output), is_head_(is_head), is_http_1_0_(is_http_1_0) {}
  ResponseWriter(const ResponseWriter&) = delete;
  ResponseWriter& operator=(const ResponseWriter&) = delete;

  void set_status(int status) { status_ = status; }  // 200 without it
  int status() const { return status_; }

  // Replaces a header of the same name. Control characters in the value become blanks.
  void set_header(std::string_view name, std::string_view value);
  void set_content_type(std::string_view value) { set_header("Content-Type", value); }

  // Whether the client wants only the head: then a handler need not make the body.
  bool is_head() const { return is_head_; }

  // The functions below return false when the client accepts no more; then the handler should stop.

  bool send(std::string_view body);

  // `length` of the whole body, if it is known; then exactly this much must be written.
  bool begin(std::optional<std::uint64_t> length);

  // Small pieces are collected; pieces of some 10 KiB and more are sent directly, without a copy.
  bool write(std::string_view piece);

  // The same for a piece with room around it, which is overwritten: a chunk's frame is put there,
  // so that it need not be sent separately. With the first piece goes the head, if the room is
  // large enough for it; with the last piece, the answer's end.
  static constexpr std::size_t kRoomBefore = 512;
  static constexpr std::size_t kRoomAfter = 7;
  bool write_in_room(std::span<char> piece) { return write_framed(piece, "\r\n"); }
  bool write_last_in_room(std::span<char> piece);

  // Sends the head and what was collected, without waiting for more.
  bool push() { return flush() && put({}); }

  // For the caller of the handler.

  bool has_begun() const { return has_begun_; }

  // Drops status and headers that were set but not sent.
  void start_over();

  // Ends the answer; one that was not begun is sent empty. False: the client did not get all of it,
  // or the body does not have the promised length, which the client detects by the closed
  // connection.
  bool finish();

 private:
  struct Field {
    std::string name;
    std::string value;
  };

  bool has_header(std::string_view name) const;
  std::string head(std::optional<std::uint64_t> length) const;
  bool can_be_framed(std::span<const char> piece) const;
  bool write_framed(std::span<char> piece, std::string_view frame_end);
  bool flush();
  bool put(std::string_view bytes);
  bool put_piece(std::string_view piece);

  Output& output_;
  const bool is_head_;
  const bool is_http_1_0_;
  int status_ = 200;
  std::vector<Field> headers_;
  bool has_begun_ = false;
  bool is_chunked_ = false;
  bool is_broken_ = false;
  bool has_ended_ = false;                 // the last chunk is sent
  std::optional<std::uint64_t> promised_;  // length of the body
  std::uint64_t written_ = 0;
  std::string gathered_;      // small pieces of the body, not sent yet
  std::string to_go_before_;  // head, or end of the last chunk: sent before the next bytes
};

}  // namespace pppol2tp::http
