// Finds sockets among this process' own descriptors by their addresses, because civetweb does not
// show the sockets that it opens. Reads /proc/self/fd.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pppol2tp::http {

// The listening socket bound to this port of 127.0.0.1.
std::optional<int> find_listening_socket(std::uint16_t port);

// A connection as civetweb describes it.
struct Peer {
  std::string address;  // numeric
  std::uint16_t port = 0;
  std::uint16_t local_port = 0;
};

// The accepted socket whose other end is `peer`.
std::optional<int> find_connected_socket(const Peer& peer);

}  // namespace pppol2tp::http
