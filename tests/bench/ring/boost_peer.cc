// Boost.Interprocess' message_queue.
#include <unistd.h>

#include <boost/interprocess/ipc/message_queue.hpp>
#include <stdexcept>
#include <string>

#include "tests/bench/ring/optional_peers.h"

namespace pppol2tp::bench {
namespace {

using boost::interprocess::message_queue;

class BoostQueue final : public Transport {
 public:
  BoostQueue()
      : name_("pppol2tp-bench-" + std::to_string(getpid())),
        queue_(boost::interprocess::create_only, name_.c_str(), 4096, sizeof(ring::Record)) {
    message_queue::remove(name_.c_str());  // its mapping stays, and both processes have it
  }
  bool send(const ring::Record& record) override {
    return queue_.try_send(&record, record.header.bytes, 0);
  }
  bool receive(ring::Record& record) override {
    message_queue::size_type bytes = 0;
    unsigned priority = 0;
    return queue_.try_receive(&record, sizeof record, bytes, priority);
  }

 private:
  std::string name_;
  message_queue queue_;
};

}  // namespace

Peer boost_peer() {
  return {"Boost.Interprocess message_queue", []() -> std::unique_ptr<Transport> {
            try {
              return std::make_unique<BoostQueue>();
            } catch (const boost::interprocess::interprocess_exception& error) {
              throw std::runtime_error(error.what());
            }
          }};
}

}  // namespace pppol2tp::bench
