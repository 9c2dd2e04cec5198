// Transports through the kernel: unix datagrams, a pipe, a POSIX message queue.
#include <fcntl.h>
#include <mqueue.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <string>

#include "tests/bench/ring/transport.h"

namespace pppol2tp::bench {
namespace {

std::runtime_error failed(const char* what) {
  return std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

// Two descriptors, [0] to read from and [1] to write to; neither blocks.
class Descriptors : public Transport {
 public:
  ~Descriptors() override {
    close(ends_[0]);
    close(ends_[1]);
  }
  Descriptors(const Descriptors&) = delete;
  Descriptors& operator=(const Descriptors&) = delete;
  bool send(const ring::Record& record) override {
    return write(ends_[1], &record, record.header.bytes) == record.header.bytes;
  }
  bool receive(ring::Record& record) override { return read(ends_[0], &record, sizeof record) > 0; }

 protected:
  Descriptors() = default;
  int ends_[2] = {-1, -1};
};

class Datagram final : public Descriptors {
 public:
  Datagram() {
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends_) != 0) {
      throw failed("socketpair");
    }
  }
};

// Records stay whole: they are shorter than PIPE_BUF (pipe(7)), and the pipe is in packet mode
// (O_DIRECT).
class Pipe final : public Descriptors {
 public:
  Pipe() {
    if (pipe2(ends_, O_NONBLOCK | O_CLOEXEC | O_DIRECT) != 0) throw failed("pipe2");
    fcntl(ends_[1], F_SETPIPE_SZ, 1 << 20);
  }
};

class MessageQueue final : public Transport {
 public:
  MessageQueue() {
    const std::string name = "/pppol2tp-bench-" + std::to_string(getpid());
    mq_attr attributes{};
    attributes.mq_msgsize = sizeof(ring::Record);
    // More than ten need a privilege (fs.mqueue.msg_max), many more a higher RLIMIT_MSGQUEUE.
    for (const long messages : {512, 256, 128, 64, 10}) {
      attributes.mq_maxmsg = messages;
      queue_ = mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attributes);
      if (queue_ >= 0) break;
    }
    if (queue_ < 0) throw failed("mq_open");
    mq_unlink(name.c_str());
  }
  ~MessageQueue() override { mq_close(queue_); }
  bool send(const ring::Record& record) override {
    return mq_send(queue_, reinterpret_cast<const char*>(&record), record.header.bytes, 0) == 0;
  }
  bool receive(ring::Record& record) override {
    return mq_receive(queue_, reinterpret_cast<char*>(&record), sizeof record, nullptr) > 0;
  }

 private:
  mqd_t queue_ = -1;
};

}  // namespace

Peer datagram() {
  return {"unix datagram", [] { return std::make_unique<Datagram>(); }};
}
Peer pipe_peer() {
  return {"pipe", [] { return std::make_unique<Pipe>(); }};
}
Peer message_queue_peer() {
  return {"POSIX message queue", [] { return std::make_unique<MessageQueue>(); }};
}

}  // namespace pppol2tp::bench
