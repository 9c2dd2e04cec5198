// The connections that hold the server's threads, and which of them are closed when there are too
// many of them.
//
// A connection holds a thread from its first byte to its end, and while its answer is sent, also
// what the answer shows. So a client that opens connections and is slow with them could keep all
// others waiting, and the memory of many scrapes occupied. While hardly any thread is free, the
// connection that has kept its thread waiting for longest is shut down, if its time is over:
//   waiting for its request     0.1 s   a request comes in one piece; a live client has sent it
//   sending its answer          1 s     a client that reads takes the next part within milliseconds
// While more than a few answers wait for their clients, so is the longest waiting one of these,
// however many threads are free. A client that takes each part of its answer in time stays, with
// however many others. A running handler is never interrupted.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <span>
#include <thread>

#include "agent/base/guarded.h"

namespace pppol2tp::http {

enum class Doing : std::uint8_t { awaiting_request, handling, writing };

struct Activity {
  Doing doing = Doing::awaiting_request;
  std::chrono::nanoseconds since{};  // monotonic
};

// The one of these to shut down at `now`; none if no connection's time is over.
std::optional<std::size_t> choose_victim(std::span<const Activity> activities,
                                         std::chrono::nanoseconds now);

struct ConnectionCounts {
  std::size_t open = 0;         // hold a thread now
  std::uint64_t accepted = 0;   // all that ever held one
  std::uint64_t shut_down = 0;  // those of them that were shut down because there were too many
};

// Thread-safe.
class Connections {
 public:
  // A connection's entry. Opaque; its address does not change.
  class Entry;

  // `threads`: how many connections can be open at a time.
  explicit Connections(std::size_t threads);
  ~Connections();

  // Ends the connection's reading and writing; false if that is not possible, or not yet. Called on
  // any thread, but only between add() and the return of remove(): in that time the connection's
  // socket is open, and its number cannot mean another one.
  using ShutDown = std::function<bool()>;

  // Call on the connection's thread, before its socket is read, and before it is closed,
  // respectively.
  Entry* add(ShutDown shut_down, std::chrono::nanoseconds now);
  void remove(Entry* entry);

  // What the connection's thread does from `now` on; its time starts again.
  void set_doing(Entry* entry, Doing doing, std::chrono::nanoseconds now);

  // Shuts down one connection, if there are too many and one's time is over; the next one, if that
  // is not possible. Its thread then finds it closed and removes it. False: none was shut down.
  bool relieve(std::chrono::nanoseconds now);

  // Blocks until there are too many. After stop_waiting() it returns false, now and always.
  bool wait_until_crowded();

  // Blocks for that time, or until stop_waiting().
  void pause(std::chrono::nanoseconds time);
  void stop_waiting();

  // Shuts down the idle connections, or all.
  void shut_down_idle();
  void shut_down_all();

  // False: some were still open after `timeout`.
  bool wait_until_none(std::chrono::nanoseconds timeout);

  ConnectionCounts counts() const;

 private:
  struct State {
    std::list<Entry> open;
    std::uint64_t accepted = 0;
    std::uint64_t shut_down = 0;
    bool is_waiting_over = false;
  };

  // What there is too little of for the connections that are open, but not shut down.
  enum class Shortage : std::uint8_t { none, memory, threads };
  Shortage shortage(const State& state) const;

  const std::size_t crowded_above_;
  Guarded<State> state_;
  std::condition_variable crowded_;  // or is_waiting_over
  std::condition_variable stopped_;  // apart, so that scrapes do not wake who pauses
  std::condition_variable emptied_;  // apart, so that a lone scrape's end wakes nobody
};

// A thread that calls relieve() by the real clock.
class Reliever {
 public:
  explicit Reliever(Connections& connections);
  ~Reliever();
  Reliever(const Reliever&) = delete;
  Reliever& operator=(const Reliever&) = delete;

 private:
  void run();

  Connections& connections_;
  std::thread thread_;
};

}  // namespace pppol2tp::http
