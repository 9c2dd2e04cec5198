// The floor: the same bytes, made in advance, sent by a single send(2): smaller parts cost more,
// whatever their size.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>

#include "tests/bench/exposition/servers.h"

namespace pppol2tp::bench {
namespace {

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

class Ready final : public Candidate {
 public:
  Ready(std::uint32_t sessions, std::uint16_t port) {
    {
      FilledModel model(sessions);
      text_ = text_of(model);
    }
    head_ =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\n"
        "Content-Length: " +
        std::to_string(text_.size()) + "\r\n\r\n";
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    const int one = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener_, 16) != 0) {
      std::perror("bind");
      std::exit(1);
    }
    std::thread([this] { serve(); }).detach();  // until the process ends
  }

  void step() override {}  // the bytes stay the same, whatever the values
  void start_meter() override { sending_.start(); }
  std::uint64_t sending_ns() override { return sending_.stop(); }

 private:
  void serve() {
    for (;;) {
      const int client = accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      char request[4096];
      if (recv(client, request, sizeof request, 0) > 0) {
        sending_.measure([&] { return send_all(client, head_) && send_all(client, text_); });
      }
      close(client);
    }
  }

  std::string text_;
  std::string head_;
  WorkMeter sending_;
  int listener_ = -1;
};

}  // namespace

std::unique_ptr<Candidate> serve_ready(std::uint32_t sessions, std::uint16_t port) {
  return std::make_unique<Ready>(sessions, port);
}

}  // namespace pppol2tp::bench
