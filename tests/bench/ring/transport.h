// A way to send a record from one process to another: ours, and those that we compare it with.
//
// Made before the fork, so that both processes have it; then one process writes and the other
// reads. A transport carries the first record.header.bytes bytes of each record. Only ours checks
// what arrives: the others are measured at their best.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "plugin/ring/events.h"

namespace pppol2tp::bench {

class Transport {
 public:
  virtual ~Transport() = default;
  virtual void attach_writer() {}
  virtual void attach_reader() {}
  // False: there was no room, or no reader, and the record is lost.
  virtual bool send(const ring::Record& record) = 0;
  // False: there is no record at present.
  virtual bool receive(ring::Record& record) = 0;
  // Receives all there is, like a reader that looks now and then; returns the number of records.
  virtual std::size_t receive_all() {
    ring::Record record;
    std::size_t count = 0;
    while (receive(record)) ++count;
    return count;
  }
};

struct Peer {
  std::string name;
  std::function<std::unique_ptr<Transport>()>
      make;                 // throws std::runtime_error: not available here
  bool can_be_read = true;  // false: records leave by another way, receive() sees none
};

Peer ours();
std::vector<Peer> other_peers();  // without the floors
Peer whole_session();             // ours as the plugin uses it: with the session table
Peer private_copy();              // floor: a copy to memory that nobody else sees
Peer single_slot();  // floor for latency: one slot and a flag, which two processes pass to and fro
Peer datagram();

}  // namespace pppol2tp::bench
