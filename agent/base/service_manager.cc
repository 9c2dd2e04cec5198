#include "agent/base/service_manager.h"

#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "agent/base/concat.h"

namespace pppol2tp {
namespace {

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

// WATCHDOG_PID names the process that is meant; a child may have inherited the variables.
bool watchdog_waits_for_us() {
  if (variable("WATCHDOG_USEC").empty()) return false;
  const std::string_view pid = variable("WATCHDOG_PID");
  return pid.empty() || pid == concat(getpid());
}

// The manager compares this with its own clock, to tell this reload's answer from an earlier one's.
long long monotonic_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
}

}  // namespace

Result<ServiceManager> ServiceManager::from_environment() {
  ServiceManager manager;
  const std::string_view name = variable("NOTIFY_SOCKET");
  if (name.empty()) return manager;
  // A path, or an abstract name (unix(7)), which is written with '@' for the zero byte.
  if (name.front() != '/' && name.front() != '@') {
    return fail("NOTIFY_SOCKET: '", name, "' is neither a path nor an abstract address");
  }
  if (name.size() >= sizeof manager.address_.sun_path) {
    return fail("NOTIFY_SOCKET: '", name, "' is too long for a socket's address");
  }
  manager.address_.sun_family = AF_UNIX;
  std::memcpy(manager.address_.sun_path, name.data(), name.size());
  if (name.front() == '@') manager.address_.sun_path[0] = '\0';
  manager.address_bytes_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  manager.socket_.reset(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!manager.socket_) return fail_errno(errno, "a socket for NOTIFY_SOCKET");
  manager.has_watchdog_ = watchdog_waits_for_us();
  return manager;
}

void ServiceManager::is_ready(std::string_view status) const {
  say(concat("READY=1\nSTATUS=", status));
}

void ServiceManager::is_reloading() const {
  say(concat("RELOADING=1\nMONOTONIC_USEC=", monotonic_us()));
}

void ServiceManager::is_stopping() const {
  say("STOPPING=1");
}

void ServiceManager::is_alive() const {
  if (has_watchdog_) say("WATCHDOG=1");
}

void ServiceManager::say(const std::string& message) const {
  if (!socket_) return;
  // Never waits: a manager whose queue is full gets the next message.
  sendto(socket_.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
         reinterpret_cast<const sockaddr*>(&address_), address_bytes_);
}

}  // namespace pppol2tp
