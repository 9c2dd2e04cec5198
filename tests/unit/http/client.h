// A client that sends exactly the given bytes, and helpers to inspect what comes back.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/base/endpoint.h"
#include "agent/base/fd.h"

namespace pppol2tp::http {

class Client {
 public:
  // If nothing arrives for this long, the test is stuck.
  static constexpr std::chrono::seconds kPatience{20};

  // `address` as from Server::addresses(). A small receive_buffer (bytes) makes a slow reader.
  explicit Client(const std::string& address, std::optional<int> receive_buffer = std::nullopt) {
    const auto endpoint = parse_endpoint(address);
    if (!endpoint) return;
    socket_ = Fd(::socket(endpoint->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer) {
      setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &*receive_buffer, sizeof *receive_buffer);
    }
    const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&endpoint->address),
                  endpoint->length) != 0) {
      socket_.reset();
    }
  }

  bool is_connected() const { return static_cast<bool>(socket_); }

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Up to `limit` bytes; fewer only if the other end has closed, or the patience is over.
  std::string receive(std::size_t limit) const {
    std::string out(limit, '\0');
    std::size_t length = 0;
    while (length < limit) {
      const ssize_t got = ::recv(socket_.get(), out.data() + length, limit - length, 0);
      if (got <= 0) break;
      length += static_cast<std::size_t>(got);
    }
    out.resize(length);
    return out;
  }

  std::string receive_all() const {
    std::string out;
    for (std::string piece = receive(1 << 20); !piece.empty(); piece = receive(1 << 20))
      out += piece;
    return out;
  }

  // Whether the other end closes within the patience; what it sends before is dropped.
  bool sees_close() const {
    char byte = 0;
    ssize_t got = 1;
    while (got > 0) got = ::recv(socket_.get(), &byte, 1, 0);
    return got == 0 || errno == ECONNRESET;
  }

  void close() { socket_.reset(); }

 private:
  Fd socket_;
};

struct Response {
  int status = 0;
  std::string head;
  std::string body;

  std::optional<std::string> header(std::string_view name) const {
    const std::string line = "\r\n" + std::string(name) + ": ";
    const std::size_t start = head.find(line);
    if (start == std::string::npos) return std::nullopt;
    const std::size_t value = start + line.size();
    return head.substr(value, head.find("\r\n", value) - value);
  }
};

// The content of a chunked body; nothing unless it is complete and well-formed to its last byte.
inline std::optional<std::string> joined_chunks(std::string_view body) {
  std::string out;
  for (;;) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), size, 16);
    if (error != std::errc()) return std::nullopt;
    body.remove_prefix(static_cast<std::size_t>(end - body.data()));
    if (body.size() < size + 4 || body.substr(0, 2) != "\r\n" ||
        body.substr(2 + size, 2) != "\r\n") {
      return std::nullopt;
    }
    out += body.substr(2, size);
    body.remove_prefix(size + 4);
    if (size == 0) return body.empty() ? std::optional(out) : std::nullopt;
  }
}

inline Response parse_response(const std::string& bytes) {
  Response response;
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos || !bytes.starts_with("HTTP/1.1 ")) return response;
  response.head = bytes.substr(0, end + 2);
  response.body = bytes.substr(end + 4);
  std::from_chars(bytes.data() + 9, bytes.data() + 12, response.status);
  return response;
}

// One request and everything that comes back for it.
inline Response ask(const std::string& address, std::string_view request) {
  const Client client(address);
  client.send(request);
  return parse_response(client.receive_all());
}

inline Response get(const std::string& address, std::string_view path) {
  return ask(address, "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
}

}  // namespace pppol2tp::http
