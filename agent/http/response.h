// An answer on its way to the client. A handler sets status and headers, then sends the body in one
// of two ways: whole by send(), or in pieces by begin() and write(). After that headers are gone
// already.
//
// Every answer carries X-Content-Type-Options, Cache-Control: no-store and Connection: close, and
// HTML a Content-Security-Policy that allows our own style sheet and nothing else, unless the
// handler set them otherwise. To a HEAD request the same head is sent and no body, whatever the
// handler writes.
//
// One thread, for the time of one request.
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

  // Blocks until all of it is taken. False: the client is gone or too slow, and takes no more.
  virtual bool write(std::string_view bytes) = 0;
};

class ResponseWriter {
 public:
  // is_http_1_0: the client knows no chunks; a body of unknown length ends with the connection.
  ResponseWriter(Output& output, bool is_head, bool is_http_1_0)
      : output_(output), is_head_(is_head), is_http_1_0_(is_http_1_0) {}
  ResponseWriter(const ResponseWriter&) = delete;
  ResponseWriter& operator=(const ResponseWriter&) = delete;

  void set_status(int status) { status_ = status; }  // 200 without it
  int status() const { return status_; }

  // Replaces a header of the same name. Control characters in the value become blanks.
  void set_header(std::string_view name, std::string_view value);
  void set_content_type(std::string_view value) { set_header("Content-Type", value); }

  // Whether the client wants only the head: a handler may then spare itself the body.
  bool is_head() const { return is_head_; }

  // The functions below return false once the client takes no more; the handler should then give
  // up.

  bool send(std::string_view body);

  // `length` of the whole body, if it is known; then exactly as much has to be written.
  bool begin(std::optional<std::uint64_t> length);

  // Small pieces are gathered; pieces of some 10 KiB and more go out as they are, without a copy.
  bool write(std::string_view piece);

  // The same for a piece with room of the caller's around it, which is overwritten: there is space
  // for a chunk's frame, so that it need not be sent by itself.
  static constexpr std::size_t kRoomBefore = 24;
  static constexpr std::size_t kRoomAfter = 2;
  bool write_in_room(std::span<char> piece);

  // Sends what was gathered, and the head before it, without waiting for more.
  bool push() { return flush() && put({}); }

  // For whoever called the handler.

  bool has_begun() const { return has_begun_; }

  // Drops status and headers that were set but not sent.
  void start_over();

  // Ends the answer; one that was not begun is empty. False: the client did not get all of it, or
  // the body has not the length that was promised, which the client will see from the connection's
  // end.
  bool finish();

 private:
  struct Field {
    std::string name;
    std::string value;
  };

  bool has_header(std::string_view name) const;
  std::string head(std::optional<std::uint64_t> length) const;
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
  std::optional<std::uint64_t> promised_;  // length of the body
  std::uint64_t written_ = 0;
  std::string gathered_;      // pieces of the body that wait for company
  std::string to_go_before_;  // head, or the end of the last chunk: goes out before the next bytes
};

}  // namespace pppol2tp::http
